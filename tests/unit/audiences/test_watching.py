"""What deserves a look, at the edges of each limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.definitions import audience, connection, definitions
from tests.support.publications import AS_OF, publication
from transforms.audiences.figures import Figures
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.publishing import publish
from transforms.audiences.watching import watch_figures, watch_freshness, watch_variants
from transforms.definitions.watch import EVERYTHING, NOTHING

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import Watch

HALF = timedelta(hours=36)
MICROSECOND = timedelta(microseconds=1)


def subjects(
    before: int, now: int, *, stayed: int | None = None, watch: Watch = EVERYTHING, status: str | None = None
) -> list[str]:
    """What is found of an audience whose size went from `before` to `now`, and in which `stayed` stayed."""
    kept = min(before, now) if stayed is None else stayed
    row = Figures(AS_OF, "a", now, adds=now - kept, drops=before - kept)
    found = watch_figures(definitions(audience("a", watch=watch, status=status)), [row])
    return [finding.subject for finding in found]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (1000, 1500, []),
        (1000, 1501, ["size_change"]),
        (1000, 500, []),
        (1000, 499, ["size_change", "volatility"]),
        (10, 109, []),
        (100, 200, ["size_change"]),
        (0, 99, []),
        (0, 100, ["size_change"]),
        (1, 0, ["emptied"]),
        (5000, 0, ["emptied"]),
        (0, 0, []),
    ],
)
def test_a_size_may_change_by_half_and_by_less_than_a_hundred(
    before: int, now: int, found: list[str]
) -> None:
    assert subjects(before, now) == found


@pytest.mark.parametrize(
    ("stayed", "limit", "found"),
    [(500, 100, []), (499, 100, ["volatility"]), (950, 10, []), (949, 10, ["volatility"]), (0, None, [])],
)
def test_volatility_counts_those_who_came_and_those_who_left(
    stayed: int, limit: int | None, found: list[str]
) -> None:
    assert subjects(1000, 1000, stayed=stayed, watch=replace(EVERYTHING, volatility=limit)) == found


def test_what_is_silenced_is_not_found() -> None:
    assert subjects(1000, 5000, watch=NOTHING) == subjects(1000, 0, watch=NOTHING) == []
    assert subjects(1000, 5000, watch=replace(EVERYTHING, size_change=None)) == []
    assert subjects(1000, 0, watch=replace(EVERYTHING, emptied=False)) == []


def test_a_draft_is_not_watched() -> None:
    assert subjects(1000, 0, status="draft") == []


def test_nothing_is_said_where_no_day_before_is_stored() -> None:
    assert watch_figures(definitions(audience("a")), [Figures(AS_OF, "a", 100_000)]) == ()


def test_the_words_say_what_happened_and_the_limit() -> None:
    found = watch_figures(definitions(audience("a")), [Figures(AS_OF, "a", 2400, adds=1400, drops=1500)])
    assert [finding.text for finding in found] == [
        "1,400 came and 1,500 left, 121% of its 2,400 members, more than 100 %"
    ]
    found = watch_figures(definitions(audience("a")), [Figures(AS_OF, "a", 4000, adds=3000, drops=0)])
    assert [finding.text for finding in found] == ["went from 1,000 to 4,000 members: 300%, more than 50 %"]


def generation(folder: Path, *stored: tuple[datetime, set[str]]) -> Generation:
    store = open_store(folder)
    for as_of, audiences in stored:
        publish(store, publication(as_of, {audience_id: {1, 2} for audience_id in audiences}))
    found = store.current()
    assert found is not None
    return found


def stale(
    known: Generation | None, now: datetime, *, watch: Watch = EVERYTHING, formerly: str | None = None
) -> list[str]:
    project = definitions(
        audience("a", watch=watch, formerly=formerly), audience("idle"), connections=(connection("c", "a"),)
    )
    return [f"{finding.audience_id} {finding.as_of:%d}" for finding in watch_freshness(project, known, now)]


def test_an_active_audience_is_stale_when_its_as_of_is_older_than_the_limit(tmp_path: Path) -> None:
    known = generation(tmp_path, (AS_OF, {"a", "idle"}))
    assert stale(known, AS_OF + HALF) == []
    assert stale(known, AS_OF + HALF + MICROSECOND) == ["a 01"]
    assert stale(known, AS_OF + 100 * HALF, watch=NOTHING) == []


def test_the_newest_as_of_of_the_audience_counts_not_that_of_the_others(tmp_path: Path) -> None:
    later = AS_OF + timedelta(days=5)
    known = generation(tmp_path, (AS_OF, {"a"}), (later, {"idle"}))
    assert stale(known, later) == ["a 01"]
    assert stale(generation(tmp_path, (later, {"a"})), later) == []


def test_a_renamed_audience_is_as_fresh_as_under_its_former_name(tmp_path: Path) -> None:
    known = generation(tmp_path, (AS_OF, {"old"}))
    assert stale(known, AS_OF + HALF, formerly="old") == []
    assert stale(known, AS_OF + 2 * HALF, formerly="old") == ["a 01"]


def test_what_was_never_calculated_is_not_stale(tmp_path: Path) -> None:
    assert stale(None, AS_OF) == []
    assert stale(generation(tmp_path, (AS_OF, {"idle"})), AS_OF + 2 * HALF) == []


def test_tests_whose_ratio_is_not_watched_are_left_out() -> None:
    known = definitions(
        audience("a"), audience("b", watch=NOTHING), audience("c", status="draft"), audience("d")
    )
    found = watch_variants(known, AS_OF, {"a": 0.0001, "b": 0.0001, "c": 0.0001, "gone": 0.0001})
    assert [(finding.audience_id, finding.text) for finding in found] == [
        ("a", "its variants don't fit their shares, p = 0.0001")
    ]
