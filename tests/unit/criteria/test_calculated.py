"""Calculated attributes and the criterion on them, run on DuckDB (spec §4.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_attributes import attribute, calculate, values
from tests.support.small_warehouse import AS_OF, SmallWarehouse, codes, criterion, render, scope
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.criteria.leaf import Leaf

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
PURCHASES = "of: {ecommerce: {action: purchase}}\n"
PLAYS = "of: {event: {name: Play}}\n"


def played(warehouse: SmallWarehouse, mpid: int, *found: str | None, **columns: object) -> None:
    """One event a value, an hour after the other."""
    for place, value in enumerate(found):
        at = datetime(2017, 12, 1) + place * HOUR
        warehouse.event(mpid, at=at, attributes={"x": value}, **columns)


def of_plays(function: str, *found: str | None) -> object:
    warehouse = SmallWarehouse(1)
    played(warehouse, 1, *found)
    return values(warehouse, f"function: {function}\n{PLAYS}value: x").get(1, "no value")


@pytest.mark.parametrize(
    ("function", "found", "value"),
    [
        ("sum", ("1", " 2.50 ", "1e1"), "13.5"),
        ("sum", ("0.1", "0.2"), "0.3"),
        ("sum", ("-1", "1"), "0"),
        ("sum", ("9" * 29, "9" * 29), "1" + "9" * 28 + "8"),
        ("sum", ("abc", None, ""), "0"),
        ("min", ("10", "9", "abc"), "9"),
        ("max", ("10", "9", "abc"), "10"),
        ("max", ("-2.50", "-3"), "-2.5"),
        ("min", ("abc",), "no value"),
        ("average", ("1", "2"), "1.5"),
        ("average", ("1", "1", "2"), "1.333333333"),
        ("average", ("1", "2", "2"), "1.666666667"),
        ("average", ("-1", "-2", "-2"), "-1.666666667"),
        ("average", ("0.000000001", "0"), "0.000000001"),
        ("average", ("-0.000000001", "0"), "-0.000000001"),
        ("average", ("1", "abc", None), "1"),
        ("average", ("abc",), "no value"),
        ("most_frequent", ("b", "a", "b"), "b"),
        ("most_frequent", ("b", "a", "B"), "B"),
        ("most_frequent", ("🎧", "\uffee"), "\uffee"),
        ("most_frequent", ("", None, None), ""),
        ("most_frequent", (None,), "no value"),
        ("unique_count", ("a", "A", "a", "", None), "3"),
        ("unique_count", (None,), "0"),
        ("unique_list", ("b", "a", "b", None, "Z"), ["Z", "a", "b"]),
        ("unique_list", (None,), "no value"),
        ("first_value", (None, "b", "a"), "b"),
        ("last_value", ("b", "a", None), "a"),
        ("first_value", (None,), "no value"),
    ],
)
def test_what_a_function_gives(function: str, found: tuple[str | None, ...], value: object):
    assert of_plays(function, *found) == value


def test_a_count_and_the_like_are_0_for_everyone_else_and_no_other_function_has_a_value():
    warehouse = SmallWarehouse(1, 2)
    played(warehouse, 1, "5")
    for function, value in (("sum", "5"), ("unique_count", "1")):
        assert values(warehouse, f"function: {function}\n{PLAYS}value: x") == {1: value, 2: "0"}
    assert values(warehouse, f"function: count\n{PLAYS}") == {1: "1", 2: "0"}
    for function in ("min", "max", "average", "most_frequent", "first_value", "last_value", "unique_list"):
        assert list(values(warehouse, f"function: {function}\n{PLAYS}value: x")) == [1]
    for function in ("first_timestamp", "last_timestamp"):
        assert list(values(warehouse, f"function: {function}\n{PLAYS}")) == [1]


def test_timestamps_are_iso_8601_with_microseconds():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, at=datetime(2017, 12, 1))
    warehouse.event(1, at=datetime(2017, 12, 2, 3, 4, 5, 6))
    assert values(warehouse, f"function: first_timestamp\n{PLAYS}") == {1: "2017-12-01T00:00:00.000000Z"}
    assert values(warehouse, f"function: last_timestamp\n{PLAYS}") == {1: "2017-12-02T03:04:05.000006Z"}


def test_a_list_keeps_the_100_values_that_were_seen_first():
    warehouse = SmallWarehouse(1)
    played(warehouse, 1, *(f"{number:03d}" for number in range(150, 30, -1)), "150")
    found = values(warehouse, f"function: unique_list\n{PLAYS}value: x")[1]
    assert found == [f"{number:03d}" for number in range(51, 151)]


#: What orders events of one instant, the most important first: a smaller and a greater value of each.
ORDER = {
    "received_at": (AS_OF, AS_OF + MICROSECOND),
    "input": ("shop/ios", "shop/web"),
    "source_path": ("a", "b"),
    "source_line": (9, 10),
    "source_index": (9, 10),
}


@pytest.mark.parametrize("deciding", range(len(ORDER)), ids=list(ORDER))
def test_first_and_last_at_one_instant_go_by_receipt_input_path_line_and_place(deciding: int):
    smaller, greater = [[pair[side] for pair in ORDER.values()] for side in (0, 1)]
    # Keys before the deciding one are equal, those after it say the opposite.
    earlier = [*smaller[: deciding + 1], *greater[deciding + 1 :]]
    later = [*smaller[:deciding], greater[deciding], *smaller[deciding + 1 :]]
    warehouse = SmallWarehouse(1)
    for text, places in (("later", later), ("earlier", earlier)):
        columns = dict(zip(ORDER, places, strict=True))
        warehouse.event(1, at=datetime(2017, 12, 1), attributes={"x": text}, **columns)
    assert values(warehouse, f"function: first_value\n{PLAYS}value: x") == {1: "earlier"}
    assert values(warehouse, f"function: last_value\n{PLAYS}value: x") == {1: "later"}


def test_the_earlier_event_is_first_whatever_its_receipt():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, at=datetime(2017, 12, 2), received_at=datetime(2017, 12, 2), attributes={"x": "b"})
    warehouse.event(1, at=datetime(2017, 12, 1), received_at=datetime(2017, 12, 9), attributes={"x": "a"})
    assert values(warehouse, f"function: first_value\n{PLAYS}value: x") == {1: "a"}


def test_a_product_field_has_a_value_for_each_matching_line_in_their_order():
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, {"id": "c", "brand": "x"}, {"id": "a", "brand": "y"}, {"id": "b", "brand": "x"})
    of = "of: {ecommerce: {action: purchase, product: {brand: x}}}\n"
    assert values(warehouse, f"function: first_value\n{of}value: {{product: id}}") == {1: "c"}
    assert values(warehouse, f"function: last_value\n{of}value: {{product: id}}") == {1: "b"}
    assert values(warehouse, f"function: unique_list\n{of}value: {{product: id}}") == {1: ["b", "c"]}
    assert values(warehouse, f"function: count\n{of}") == {1: "1"}


def test_a_promotion_field_has_a_value_for_each_matching_promotion():
    warehouse = SmallWarehouse(1)
    promotions = [
        {"id": one, "name": name, "creative": None, "position": None, "attributes": {}}
        for one, name in (("p3", "sale"), ("p1", "other"), ("p2", "sale"))
    ]
    warehouse.event(1, "promotion_view", event_type="commerce_event", promotions=promotions)
    of = "of: {ecommerce: {action: promotion_view, promotion: {name: sale}}}\n"
    assert values(warehouse, f"function: first_value\n{of}value: {{promotion: id}}") == {1: "p3"}
    assert values(warehouse, f"function: unique_list\n{of}value: {{promotion: id}}") == {1: ["p2", "p3"]}


@pytest.mark.parametrize(
    ("lines", "average"),
    [
        ((("10", "1"), ("20", "3")), "17.5"),
        ((("10", "0.5"), ("20", "1.5")), "17.5"),
        ((("10", None), ("20", "3")), "17.5"),
        ((("10", "several"), ("20", "3")), "17.5"),
        ((("10", "0"), ("20", "-3"), ("30", "2")), "30"),
        ((("10", "0"),), "no value"),
        (((None, "5"), ("abc", "5"), ("20", "1")), "20"),
        ((("1", "1"), ("2", "2")), "1.666666667"),
        ((("-1", "1"), ("-2", "2")), "-1.666666667"),
    ],
)
def test_an_average_of_product_prices_weighs_by_quantity(lines: tuple, average: str):
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, *({"price": price, "quantity": quantity} for price, quantity in lines))
    found = values(warehouse, f"function: average\n{PURCHASES}value: {{product: price}}")
    assert found.get(1, "no value") == average


def test_other_averages_of_products_do_not_weigh():
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, {"price": "1", "quantity": "1"}, {"price": "1", "quantity": "3"})
    assert values(warehouse, f"function: average\n{PURCHASES}value: {{product: quantity}}") == {1: "2"}
    assert values(warehouse, f"function: sum\n{PURCHASES}value: {{product: price}}") == {1: "2"}


@pytest.mark.parametrize(
    ("span", "seen"),
    [
        ("", 4),
        ("since: 2017-12-01", 3),
        ("within: 30 days", 2),
    ],
)
def test_how_far_back_events_are_seen(span: str, seen: int):
    warehouse = SmallWarehouse(1)
    for at in (
        datetime(2017, 12, 1) - MICROSECOND,
        datetime(2017, 12, 1),
        AS_OF - 30 * DAY,
        AS_OF - MICROSECOND,
        AS_OF,
    ):
        warehouse.event(1, at=at)
    # 30 days before 2018-01-01 is 2017-12-02.
    assert values(warehouse, f"function: count\n{PLAYS}{span}") == {1: str(seen)}


def test_only_events_of_its_inputs_count_and_none_of_a_hidden_tier():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, "Play", input="shop/ios")
    warehouse.event(1, "Play", input="club/till")
    warehouse.event(1, "Heartbeat", input="shop/ios")
    text = "function: count\nof: {event: {name: {contains: a}}}"
    assert calculate(warehouse, attribute(text)) == {1: "2"}
    assert calculate(warehouse, attribute(text, inputs=("shop/ios", "club/till"))) == {1: "3"}
    tiers = (("Heartbeat", "preserve"),)
    assert calculate(warehouse, attribute(text), event_tiers=tiers) == {1: "1"}


def test_installs_are_of_all_inputs_of_its_workspaces():
    warehouse = SmallWarehouse(1)
    for name in ("shop/ios", "shop/web", "club/till"):
        workspace = name.partition("/")[0]
        warehouse.event(1, "launch", input=name, workspace=workspace, event_type="first_run")
    text = "function: count\nof: {install: {platform: {exists: false}}}"
    assert calculate(warehouse, attribute(text, inputs=("shop/ios",))) == {1: "2"}
    narrowed = "function: count\nof: {install: {input: shop/web}}"
    assert calculate(warehouse, attribute(narrowed, inputs=("shop/ios",))) == {1: "1"}


def members(warehouse: SmallWarehouse, operators: str, **limits: object) -> list[int]:
    return warehouse.members(f"calculated: {{attribute: it, {operators}}}", **limits)  # pyright: ignore[reportArgumentType]


def test_users_without_events_have_a_count_of_0():
    warehouse = SmallWarehouse(1, 2, 3)
    for mpid, times in ((1, 3), (2, 1)):
        for _ in range(times):
            warehouse.event(mpid)
    calculate(warehouse, attribute(f"function: count\n{PLAYS}"))
    assert members(warehouse, "lt: 3") == [2, 3]
    assert members(warehouse, "eq: 0") == [3]
    assert members(warehouse, "ne: 0") == [1, 2]
    assert members(warehouse, "between: [1, 3], ne: 3") == [2]
    assert members(warehouse, "exists: true") == [1, 2, 3]


def test_no_lookback_cuts_a_calculated_attribute_and_the_population_does():
    warehouse = SmallWarehouse(1)
    warehouse.profile(2, workspace="club")
    for mpid in (1, 2):
        warehouse.event(mpid, at=datetime(2010, 1, 1))
    calculate(warehouse, attribute(f"function: count\n{PLAYS}"))
    assert members(warehouse, "gte: 1", lookback="1 day") == [1]
    assert members(warehouse, "gte: 1", workspaces=("shop", "club")) == [1, 2]


def test_an_average_is_compared_before_it_is_rounded():
    warehouse = SmallWarehouse(1, 2)
    played(warehouse, 1, "1", "1", "2")
    calculate(warehouse, attribute(f"function: average\n{PLAYS}value: x"))
    assert members(warehouse, "eq: 1.333333333") == []
    assert members(warehouse, "gt: 1.333333333, lt: 1.333333334") == [1]
    assert members(warehouse, "lte: 1.333333333") == []
    assert members(warehouse, "ne: 1.333333333") == [1, 2]
    played(warehouse, 2, "1", "2")
    calculate(warehouse, attribute(f"function: average\n{PLAYS}value: x"))
    assert members(warehouse, "between: [1.5, 1.5]") == [2]


def test_a_sum_past_the_range_of_a_decimal_is_compared_exactly():
    warehouse = SmallWarehouse(1)
    played(warehouse, 1, "9" * 29, "9" * 29, "0.000000001")
    calculate(warehouse, attribute(f"function: sum\n{PLAYS}value: x"))
    assert members(warehouse, f"gt: {'9' * 29}") == [1]


def test_negatives_hold_for_users_without_a_value():
    warehouse = SmallWarehouse(1, 2, 3)
    played(warehouse, 1, "Drama")
    played(warehouse, 2, "comedy")
    calculate(warehouse, attribute(f"function: most_frequent\n{PLAYS}value: x"))
    assert members(warehouse, "exact: drama") == [1]
    assert members(warehouse, "not_exact: drama") == [2, 3]
    assert members(warehouse, "exists: true, not_exact: drama") == [2]
    assert members(warehouse, "exists: false") == [3]


def test_a_value_is_read_as_operators_read_text():
    warehouse = SmallWarehouse(1, 2, 3)
    played(warehouse, 1, "10")
    played(warehouse, 2, "9.0")
    played(warehouse, 3, "2017-12-05T10:00Z")
    calculate(warehouse, attribute(f"function: last_value\n{PLAYS}value: x"))
    assert members(warehouse, "gte: 9") == [1, 2]
    assert members(warehouse, "lt: 9.5") == [2]
    assert members(warehouse, "on: 2017-12-05") == [3]
    assert members(warehouse, "version: {gte: '9.1'}") == [1]


def test_a_list_is_asked_for_its_elements():
    warehouse = SmallWarehouse(1, 2, 3)
    played(warehouse, 1, "Drama", "comedy")
    played(warehouse, 2, "comedy")
    calculate(warehouse, attribute(f"function: unique_list\n{PLAYS}value: x"))
    assert members(warehouse, "includes: DRAMA") == [1]
    assert members(warehouse, "not_includes: drama") == [2, 3]
    assert members(warehouse, "partial: com") == [1, 2]
    assert members(warehouse, "exists: false") == [3]


def test_timestamps_are_compared_as_dates_to_the_microsecond():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, at=datetime(2017, 12, 5) - MICROSECOND)
    warehouse.event(2, at=datetime(2017, 12, 5))
    calculate(warehouse, attribute(f"function: first_timestamp\n{PLAYS}"))
    assert members(warehouse, "before: 2017-12-05") == [1]
    assert members(warehouse, "after: 2017-12-05") == [2]
    assert members(warehouse, "within: 27 days") == [2]


def test_the_evidence_is_the_value():
    warehouse = SmallWarehouse(1, 2)
    played(warehouse, 1, "b", "a")
    calculate(warehouse, attribute(f"function: unique_list\n{PLAYS}value: x"))
    leaf = criterion("calculated: {attribute: it, includes: a}")
    assert isinstance(leaf, Leaf)
    sql = render(model_text(leaf.evidence(scope()), DUCKDB))
    result = warehouse.connection.execute(sql)
    assert [column[0] for column in result.description or ()] == ["mpid", "value"]
    assert result.fetchall() == [(1, "a, b")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calculated: {attribute: it}", ["CRT-004"]),
        ("calculated: {exact: a}", ["CRT-004"]),
        ("calculated: {attribute: it, workspace: shop, exact: a}", ["CRT-002"]),
        ("calculated: {attribute: it, gte: many}", ["CRT-006"]),
    ],
)
def test_what_is_wrong_is_refused(text: str, expected: list[str]):
    assert codes(text) == expected
