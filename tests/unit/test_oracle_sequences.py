"""The oracle's answer for sequences, by the words of spec §4.5."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.small_worlds import AS_OF, DAY, event, landed, members, purchase

if TYPE_CHECKING:
    from tests.support.oracle.records import Landed

MILLISECOND = timedelta(milliseconds=1)
NOON = AS_OF - 10 * DAY
VIEW = {"event": {"name": "View"}}
BUY = {"event": {"name": "Buy"}}


def user(*events: dict[str, Any]) -> Landed:
    return landed(*events)


def sequence(*steps: dict[str, Any], **window: Any) -> dict[str, Any]:
    return {"sequence": list(steps), **window}


@pytest.mark.parametrize(
    ("gap", "after", "holds"),
    [
        (timedelta(0), {}, False),
        (MILLISECOND, {}, True),
        (-MILLISECOND, {}, False),
        (DAY, {"at_most": "1 day"}, True),
        (DAY + MILLISECOND, {"at_most": "1 day"}, False),
        (DAY, {"at_least": "1 day"}, True),
        (DAY - MILLISECOND, {"at_least": "1 day"}, False),
    ],
)
def test_gaps_have_both_ends_in_and_are_strict(gap: timedelta, after: dict[str, str], holds: bool) -> None:
    step = {**BUY, "after": after} if after else BUY
    found = members(sequence(VIEW, step), user(event("View", NOON), event("Buy", NOON + gap)))
    assert bool(found) is holds


def test_the_window_holds_every_event_of_the_chain() -> None:
    world = user(event("View", NOON), event("Buy", NOON + DAY))
    assert members(sequence(VIEW, BUY, within="10 days"), world) == {1}
    assert members(sequence(VIEW, BUY, within="9 days"), world) == set()
    assert members(sequence(VIEW, BUY), world, lookback="9 days") == set()


@pytest.mark.parametrize(
    ("later", "holds"), [(timedelta(0), True), (MILLISECOND, False), (DAY, False), (DAY + MILLISECOND, True)]
)
def test_not_looks_at_its_time_alone(later: timedelta, holds: bool) -> None:
    steps = sequence(VIEW, {"not": BUY, "after": {"at_most": "1 day"}})
    assert bool(members(steps, user(event("View", NOON), event("Buy", NOON + later)))) is holds


@pytest.mark.parametrize(("before", "holds"), [(DAY, False), (DAY + MILLISECOND, True)])
def test_the_time_of_not_must_be_over(before: timedelta, holds: bool) -> None:
    steps = sequence(VIEW, {"not": BUY, "after": {"at_most": "1 day"}})
    assert bool(members(steps, user(event("View", AS_OF - before)))) is holds


def test_same_as_compares_values_and_a_missing_one_equals_nothing() -> None:
    same = {"event": {"name": "Buy", "where": {"sku": {"same_as": 1}}}}
    for one, other, holds in (("A", "a", True), ("A", "b", False), (None, None, False)):
        world = user(event("View", NOON, sku=one), event("Buy", NOON + DAY, sku=other))
        assert bool(members(sequence(VIEW, same), world)) is holds
    assert members(sequence(VIEW, same), user(event("View", NOON), event("Buy", NOON + DAY))) == set()


def test_same_as_of_a_product_takes_the_matching_lines_of_both() -> None:
    steps = sequence(
        {"ecommerce": {"action": "purchase", "product": {"category": "shoes"}}},
        {"ecommerce": {"action": "purchase", "product": {"id": {"same_as": 1}, "brand": "x"}}},
    )
    first = purchase({"id": "A", "category": "Shoes"}, {"id": "B", "category": "hats"}, at=NOON)
    for line, holds in (
        ({"id": "a", "brand": "x"}, True),
        ({"id": "b", "brand": "x"}, False),
        ({"id": "a", "brand": "y"}, False),
    ):
        assert bool(members(steps, user(first, purchase(line, at=NOON + DAY)))) is holds


def test_every_chain_is_tried() -> None:
    steps = sequence(VIEW, {**BUY, "after": {"at_least": "2 days", "at_most": "2 days"}})
    world = user(
        event("View", NOON),
        event("View", NOON + DAY),
        event("Buy", NOON + 2 * DAY),
        event("Buy", NOON + 9 * DAY),
    )
    assert members(steps, world) == {1}
