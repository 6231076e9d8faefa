from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.audiences.since import member_since

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.audiences.generations import Generation

FIRST = datetime(2018, 1, 1)


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


@pytest.fixture
def history(tmp_path: Path):
    """Publishes one as_of a day: each item names the audiences with their members."""

    def make(*days: dict[str, set[int]], formerly: dict[str, str] | None = None) -> Generation:
        store = open_store(tmp_path / "published")
        for number, members in enumerate(days):
            generation = publish(store, publication(day(number), dict(members), formerly=formerly))
        return generation

    return make


def since(generation: Generation, number: int, audience: str = "a", mpid: int = 1) -> datetime | None:
    return member_since(generation, day(number), audience, mpid, generation.folder / "spill")


def test_the_run_that_reaches_to_the_instant_counts(history) -> None:
    generation = history({"a": {1}}, {"a": {2}}, {"a": {1}}, {"a": {1, 2}})
    assert since(generation, 3) == day(2)
    assert since(generation, 0) == day(0)
    assert since(generation, 1) is None
    assert since(generation, 3, mpid=2) == day(3)


def test_a_day_on_which_it_was_not_calculated_breaks_no_run(history) -> None:
    assert since(history({"a": {1}}, {"b": {1}}, {"a": {1}}), 2) == day(0)


def test_a_renamed_audience_keeps_its_members_time(history) -> None:
    renamed = history({"a": {1}}, {"a": {1}}, {"b": {1}}, formerly={"b": "a"})
    assert since(renamed, 2, "b") == day(0)


def test_a_run_may_be_longer_than_what_is_read_at_once(history, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.audiences.since.AT_ONCE", 2)
    assert since(history(*[{"a": {1}}] * 5), 4) == day(0)
    assert since(history({"a": set()}, *[{"a": {1}}] * 4), 4) == day(1)
