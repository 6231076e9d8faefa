"""`same_as`: steps of a sequence whose fields agree, run on DuckDB (spec §4.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import SmallWarehouse

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2017, 12, 20, 12)


def sequence(*steps: str) -> str:
    return "".join(("sequence:\n", *(f"  - {{{step}}}\n" for step in steps)))


def test_same_as_compares_a_field_of_the_event_case_aside():
    steps = "sequence: [{event: {name: a}}, {event: {name: b, where: {Käse: {same_as: 1}}}}]"
    for one, other, is_member in (
        ("x", "X", True),
        ("ÄÖ", "äö", True),
        ("", "", True),
        ("x", "y", False),
        (None, None, False),
        ("x", None, False),
    ):
        warehouse = SmallWarehouse(1)
        warehouse.event(1, "a", NOON, attributes={"Käse": one})
        warehouse.event(1, "b", NOON + HOUR, attributes={"Käse": other})
        assert warehouse.members(steps) == ([1] if is_member else []), (one, other)
    missing = SmallWarehouse(1)
    missing.event(1, "a", NOON, attributes={})
    missing.event(1, "b", NOON + HOUR, attributes={})
    assert missing.members(steps) == []


def test_same_as_stands_beside_operators_and_looks_at_built_in_fields():
    warehouse = SmallWarehouse(1, 2)
    for user, amount in ((1, "5"), (2, "50")):
        warehouse.event(user, "a", NOON, attributes={"total_amount": amount})
        warehouse.purchase(user, total_amount=amount, at=NOON + HOUR)
    steps = (
        "sequence: [{event: {name: a}}, "
        "{ecommerce: {action: purchase, where: {total_amount: {same_as: 1, gte: 10}}}}]"
    )
    assert warehouse.members(steps) == [2]


def test_same_as_is_carried_over_steps_between():
    steps = sequence(
        "event: {name: a}",
        "event: {name: b}",
        "event: {name: c, where: {k: {same_as: 1}}}",
        "event: {name: d}",
    )
    warehouse = SmallWarehouse(1, 2)
    for user, values in ((1, ("x", "y")), (2, ("z", "w"))):
        for hour, value in enumerate(values):
            warehouse.event(user, "a", NOON + hour * HOUR, attributes={"k": value})
        warehouse.event(user, "b", NOON + 30 * MINUTE)
        warehouse.event(user, "c", NOON + 2 * HOUR, attributes={"k": {1: "x", 2: "w"}[user]})
        warehouse.event(user, "d", NOON + 3 * HOUR)
    assert warehouse.members(steps) == [1]


def test_bounds_hold_for_the_chain_whose_fields_agree():
    steps = sequence(
        "event: {name: a}", "event: {name: b, where: {k: {same_as: 1}}}, after: {at_most: 1 hour}"
    )
    warehouse = SmallWarehouse(1)
    warehouse.event(1, "a", NOON, attributes={"k": "x"})
    warehouse.event(1, "a", NOON + HOUR, attributes={"k": "y"})
    warehouse.event(1, "b", NOON + 2 * HOUR, attributes={"k": "x"})
    assert warehouse.members(steps) == []


def test_same_as_compares_the_matching_lines_of_both_events():
    steps = sequence(
        "ecommerce: {action: view_detail, product: {category: shoes}}",
        "ecommerce: {action: purchase, product: {id: {same_as: 1}, price: {gte: 10}}}",
    )
    cases = (
        ([("A", "shoes")], [("a", "20")], True),
        ([("A", "shoes")], [("b", "20")], False),
        ([("A", "shoes")], [("a", "5"), ("b", "20")], False),
        ([("A", "hats"), ("b", "Shoes")], [("a", "20")], False),
        ([("A", "hats"), ("b", "Shoes")], [("c", "1"), ("B", "20")], True),
        ([], [("a", "20")], False),
    )
    for viewed, bought, is_member in cases:
        warehouse = SmallWarehouse(1)
        warehouse.purchase(
            1, *({"id": name, "category": kind} for name, kind in viewed), action="view_detail", at=NOON
        )
        warehouse.purchase(1, *({"id": name, "price": price} for name, price in bought), at=NOON + HOUR)
        assert warehouse.members(steps) == ([1] if is_member else []), (viewed, bought)


def test_a_step_can_be_compared_with_lines_that_themselves_are_compared():
    steps = sequence(
        "ecommerce: {action: view_detail}",
        "ecommerce: {action: add_to_cart, product: {id: {same_as: 1}}}",
        "ecommerce: {action: purchase, product: {id: {same_as: 2}}}",
    )
    for bought, is_member in (("a", True), ("b", False)):
        warehouse = SmallWarehouse(1)
        warehouse.purchase(1, {"id": "a"}, action="view_detail", at=NOON)
        warehouse.purchase(1, {"id": "a"}, {"id": "b"}, action="add_to_cart", at=NOON + HOUR)
        warehouse.purchase(1, {"id": bought}, at=NOON + 2 * HOUR)
        assert warehouse.members(steps) == ([1] if is_member else []), bought


@pytest.mark.parametrize(
    ("viewed", "bought", "is_member"),
    [
        (("a", "b"), ("A",), False),
        (("a", "b"), ("c",), True),
        ((), ("a",), True),
        ((None,), (None,), True),
    ],
)
def test_not_with_same_as_forbids_events_with_any_of_the_lines(
    viewed: tuple[str, ...], bought: tuple[str, ...], is_member: bool
):
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, *({"id": name} for name in viewed), action="view_detail", at=NOON)
    warehouse.purchase(1, *({"id": name} for name in bought), at=NOON + HOUR)
    steps = sequence(
        "ecommerce: {action: view_detail}",
        "not: {ecommerce: {action: purchase, product: {id: {same_as: 1}}}}, after: {at_most: 2 hours}",
    )
    assert warehouse.members(steps) == ([1] if is_member else [])
