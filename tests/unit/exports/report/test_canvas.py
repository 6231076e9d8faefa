"""How many go which way in a journey, and where most are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from exports.report.canvas import Box, canvas
from exports.report.records import AudienceReport, Delivery, JourneyReport
from transforms.audiences.catalogue import CatalogueRow
from transforms.audiences.estimates import RealSize
from transforms.audiences.intervals import Estimate
from transforms.errors import Problem

if TYPE_CHECKING:
    from transforms.audiences.estimates import Size

AS_OF = datetime(2018, 1, 2)
UNKNOWN = Problem("list-not-taken-in", "the list `vip` has not been taken in")


def milestone(
    name: str, size: int | Size, parent: str | None = None, *, is_remaining: bool = False
) -> AudienceReport:
    return AudienceReport(
        row=CatalogueRow(
            name, name, "calls", "calculated", None, (), (), None, None, ("shop",), False, "calls.yml"
        ),
        size=RealSize(size, AS_OF) if isinstance(size, int) else size,
        days=(),
        parent=parent,
        is_remaining=is_remaining,
    )


def boxes(*milestones: AudienceReport, population: int | None = 1000) -> dict[str, Box]:
    drawn = canvas(
        JourneyReport(
            "calls",
            "Calls",
            "journeys/calls.yml",
            ("shop/web",),
            (),
            None,
            tuple(one.id for one in milestones),
            None if population is None else RealSize(population, AS_OF),
        ),
        {one.id: one for one in milestones},
    )
    found: dict[str, Box] = {}
    waiting = list(drawn.boxes)
    while waiting:
        box = waiting.pop()
        found[box.audience.id] = box
        waiting.extend(box.below)
    return found


def test_who_goes_no_further_is_counted_where_no_split_holds_the_rest() -> None:
    found = boxes(
        milestone("seen", 400),
        milestone("played", 100, "seen"),
        milestone("free", 60, "seen"),
        milestone("stopped", 90, "played"),
    )
    assert (found["seen"].lost, found["seen"].lost_share) == (240, 0.6)
    assert (found["played"].lost, found["played"].lost_share) == (10, 0.1)
    assert found["stopped"].lost is None
    assert [name for name, box in found.items() if box.is_worst] == ["seen"]
    assert [found[name].share for name in ("seen", "played", "free", "stopped")] == [0.4, 0.25, 0.15, 0.9]


def test_a_remaining_split_with_whom_nothing_is_done_is_lost() -> None:
    found = boxes(
        milestone("seen", 400),
        milestone("played", 100, "seen"),
        milestone("rest", 300, "seen", is_remaining=True),
    )
    assert (found["seen"].lost, found["seen"].is_worst) == (300, True)


def test_a_remaining_split_that_is_sent_or_goes_on_is_not_lost() -> None:
    sent = Delivery("c", "meta", "meta_csv", None, True, "full", None, None, 0, 0, 0, None)
    goes_on = boxes(
        milestone("seen", 400),
        milestone("played", 100, "seen"),
        milestone("rest", 300, "seen", is_remaining=True),
        milestone("called", 300, "rest"),
    )
    is_sent = boxes(
        milestone("seen", 400),
        milestone("played", 100, "seen"),
        replace(milestone("rest", 300, "seen", is_remaining=True), deliveries=(sent,)),
    )
    assert (goes_on["seen"].lost, goes_on["seen"].is_worst) == (0, False)
    assert (is_sent["seen"].lost, is_sent["seen"].is_worst) == (0, False)


def test_splits_are_drawn_left_to_right_as_they_are_written() -> None:
    found = boxes(milestone("b", 3), milestone("z", 1, "b"), milestone("a", 1, "b"), milestone("m", 1, "b"))
    assert [box.audience.id for box in found["b"].below] == ["z", "a", "m"]


def test_what_is_not_known_is_not_made_up() -> None:
    found = boxes(
        milestone("seen", UNKNOWN),
        milestone("played", 100, "seen"),
        milestone("few", Estimate(None, 0, 37, is_exact=False), "played"),
        population=None,
    )
    assert [found[name].share for name in ("seen", "played", "few")] == [None, None, None]
    assert [found[name].lost for name in ("seen", "played", "few")] == [None, None, None]


def test_an_empty_step_has_no_shares_and_estimates_may_add_up_to_more_than_the_whole() -> None:
    found = boxes(
        milestone("empty", 0),
        milestone("none", 0, "empty"),
        milestone("seen", Estimate(100, 90, 110, is_exact=False)),
        milestone("played", Estimate(104, 90, 118, is_exact=False), "seen"),
    )
    assert (found["none"].share, found["empty"].lost, found["empty"].lost_share) == (None, 0, None)
    assert (found["seen"].lost, found["seen"].lost_share) == (0, 0.0)
    assert not any(box.is_worst for box in found.values())
