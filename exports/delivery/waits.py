"""How long a partner asks to wait, as its headers say it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import orjson

from exports.partners.json_places import values_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_META_USAGE = "x-business-use-case-usage"
#: As seconds from now, or as an instant in seconds since 1970: no wait is 30 years.
_RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_FIRST_INSTANT = 1_000_000_000


def seconds_to_wait(headers: Mapping[str, str], clock: Callable[[], datetime]) -> float | None:
    """Seconds from now that a partner asks for, never negative; None where it asks for nothing that can be read.

    `Retry-After` counts first (RFC 9110), then the headers of rate limits, then Meta's usage in minutes.
    """
    for seconds in (
        _retry_after(headers.get("retry-after"), clock),
        *(_reset(headers.get(name), clock) for name in _RESETS),
        _meta(headers.get(_META_USAGE)),
    ):
        if seconds is not None:
            return max(0.0, seconds)
    return None


def _retry_after(text: str | None, clock: Callable[[], datetime]) -> float | None:
    if text is None:
        return None
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return (at - clock()).total_seconds()


def _reset(text: str | None, clock: Callable[[], datetime]) -> float | None:
    seconds = None if text is None else _number(text)
    if seconds is None or seconds < _FIRST_INSTANT:
        return seconds
    return seconds - clock().timestamp()


def _meta(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        usage = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    by_account = list(usage.values()) if isinstance(usage, dict) else []
    minutes = [
        each
        for each in values_at(by_account, ("*", "*", "estimated_time_to_regain_access"))
        if isinstance(each, int | float)
    ]
    return max(minutes) * 60.0 if minutes and max(minutes) > 0 else None


def _number(text: str) -> float | None:
    """A number of digits and a point alone: no sign, `nan` or `inf`."""
    stripped = text.strip()
    return float(stripped) if stripped.replace(".", "", 1).isdecimal() and stripped.isascii() else None
