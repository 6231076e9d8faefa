"""Durations (spec §4.2)."""

from __future__ import annotations

import re

import pytest

from transforms.documents.durations import DURATION_PATTERN, parse_duration

_MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 minute", 1),
        ("90 minutes", 90),
        ("2 hours", 120),
        ("1 day", 1440),
        ("2 weeks", 14 * 1440),
        ("1 month", 30 * 1440),
        ("73000 days", 73_000 * 1440),
    ],
)
def test_a_duration_is_a_number_of_units(text: str, minutes: int) -> None:
    duration = parse_duration(text)
    assert duration is not None
    assert (duration.microseconds, duration.text) == (minutes * _MINUTE, text)
    assert re.search(DURATION_PATTERN, text)


@pytest.mark.parametrize(
    "text",
    [
        "0 days",
        "-1 days",
        "1.5 days",
        "1day",
        "days",
        "1  day",
        " 1 day",
        "1 day\n",
        "1 Day",
        "1 year",
        "١ day",
        "73001 days",
        "999999999 months",
        "unlimited",
        "",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_duration(text) is None
