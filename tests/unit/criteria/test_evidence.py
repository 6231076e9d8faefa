"""What is told behind a criterion: the rows that count, in the words of the YAML, and the amount compared."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.support.small_warehouse import SmallWarehouse, criterion, scope
from transforms.criteria.events.amounts import read_total
from transforms.criteria.leaf import Leaf

DAY = datetime(2017, 12, 30)


def test_an_event_is_told_with_its_time_name_and_the_fields_that_are_named() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.event(1, "Play", attributes={"genre": "drama", "seconds": "70", "other": "x"})
    warehouse.event(1, "Play", attributes={"genre": "comedy"})
    warehouse.event(1, "Stop", attributes={"genre": "drama"})
    text = "event: {name: Play, where: {genre: {exact: Drama}}, sum: {attribute: seconds, gte: 60}}"
    assert warehouse.evidence(text) == [
        {"mpid": 1, "time": DAY, "name": "Play", "genre": "drama", "seconds": "70"}
    ]


def test_an_event_outside_the_window_or_without_a_value_to_add_up_does_not_count() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.event(1, at=datetime(2017, 12, 1), attributes={"seconds": "1"})
    warehouse.event(1, attributes={"seconds": "many"})
    assert warehouse.evidence("event: {name: Play, within: 7 days, sum: {attribute: seconds, gte: 0}}") == []


def test_the_type_and_the_device_are_told_under_their_keys() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.event(1, custom_type="media", app_version="2.1")
    text = "event: {name: Play, type: media, app_version: {version: {gte: '2.0'}}}"
    assert warehouse.evidence(text) == [
        {"mpid": 1, "time": DAY, "name": "Play", "type": "media", "app_version": "2.1"}
    ]


@pytest.mark.parametrize("name", ["time", "Name", "mpid", "{{ x }}", "a \"b\" 'c'", "genre\n", "größe"])
def test_an_attribute_may_have_any_name(name: str) -> None:
    warehouse = SmallWarehouse(1)
    warehouse.event(1, attributes={name: "v"})
    written = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    (row,) = warehouse.evidence(f'event: {{name: Play, where: {{"{written}": v}}}}')
    label = f"attribute.{name}" if name.lower() in ("time", "name", "mpid") else name
    assert row == {"mpid": 1, "time": DAY, "name": "Play", label: "v"}


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.event(1, attributes={"a": "1", "A": "2"})
    (row,) = warehouse.evidence("event: {name: Play, where: {a: '1', A: '2'}}")
    assert row == {"mpid": 1, "time": DAY, "name": "Play", "a": "1", "attribute.A": "2"}


def test_a_field_that_is_named_twice_is_told_once() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, total_amount="8.0")
    text = (
        "ecommerce: {action: purchase, where: {total_amount: {gt: 1}}, max: {attribute: total_amount, gt: 1}}"
    )
    assert warehouse.evidence(text) == [{"mpid": 1, "time": DAY, "action": "purchase", "total_amount": "8.0"}]


def test_an_event_is_told_once_with_the_fields_of_all_its_matching_lines() -> None:
    warehouse = SmallWarehouse(1)
    lines = [
        {"id": "a", "category": "shoes"},
        {"id": "b", "category": "hats"},
        {"id": "c", "category": "Shoes"},
    ]
    warehouse.purchase(1, *lines)
    text = "ecommerce: {action: purchase, product: {category: shoes, id: {exists: true}}}"
    (row,) = warehouse.evidence(text)
    assert (row["product.category"], row["product.id"]) == ("shoes, Shoes", "a, c")


def test_an_amount_of_lines_tells_line_by_line() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, {"id": "a", "quantity": "2"}, {"id": "b", "quantity": "3"}, {"id": "c"})
    text = "ecommerce: {action: purchase, product: {id: {exists: true}}, sum: {product: quantity, gte: 5}}"
    assert [(row["product.id"], row["product.quantity"]) for row in warehouse.evidence(text)] == [
        ("a", "2"),
        ("b", "3"),
    ]


def test_amounts_are_exact() -> None:
    warehouse = SmallWarehouse(1, 2)
    for seconds in ("0.1", "0.2", "-9.3", "x"):
        warehouse.event(1, attributes={"seconds": seconds})
    warehouse.event(2)

    def amount(text: str) -> dict[int, Decimal]:
        return warehouse.amounts(f"event: {{name: Play, {text}}}")

    assert amount("count: {gte: 2}") == {1: 4, 2: 1}
    assert amount("sum: {attribute: seconds, gte: 2}") == {1: Decimal(-9)}
    assert amount("average: {attribute: seconds, gte: 2}") == {1: Decimal(-3)}
    assert amount("min: {attribute: seconds, gte: 2}") == {1: Decimal("-9.3")}
    assert amount("max: {attribute: seconds, gte: 2}") == {1: Decimal("0.2")}
    assert amount("distinct: {attribute: seconds, gte: 2}") == {1: 4}


def test_a_sum_beyond_every_decimal_is_told() -> None:
    warehouse = SmallWarehouse(1)
    largest = "9" * 29
    for _ in range(3):
        warehouse.event(1, attributes={"n": f"-{largest}.5"})
    told = warehouse.amounts("event: {name: Play, sum: {attribute: n, lt: 0}}")
    assert told == {1: Decimal("-299999999999999999999999999998.5")}


def test_an_average_has_at_most_nine_places() -> None:
    warehouse = SmallWarehouse(1)
    for n in ("1", "0", "1"):
        warehouse.event(1, attributes={"n": n})
    assert warehouse.amounts("event: {name: Play, average: {attribute: n, gt: 0}}") == {
        1: Decimal("0.666666667")
    }


@pytest.mark.parametrize("text", ["0", "-5.5", "12345678901234567890123456789.000000001", "-0.000000001"])
def test_totals_are_read_as_they_are_written(text: str) -> None:
    warehouse = SmallWarehouse()
    query = "select total(n) from (select as_number($n) as n)"
    rows = warehouse.connection.execute(query, {"n": text}).fetchall()
    assert read_total(rows[0][0]) == Decimal(text)


def _measure(text: str):
    leaf = criterion(text)
    assert isinstance(leaf, Leaf)
    return leaf.measure(scope())


def test_a_user_without_events_has_a_count_and_no_average() -> None:
    counted = _measure("event: {name: Play, count: {lt: 3}}")
    averaged = _measure("event: {name: Play, average: {attribute: price, gt: 3}}")
    assert (counted.words, counted.asked, counted.of_nothing) == ("count", "under 3", 0)
    assert (averaged.words, averaged.asked, averaged.of_nothing) == ("average of price", "over 3", None)
    assert _measure("user: {attribute: plan, exact: free}") is None


def test_an_attribute_is_told_in_each_workspace_as_it_is_spelled_and_is_personal() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.attribute(1, "Plan", "Free")
    warehouse.attribute(1, "PLAN", elements=["a", None, "b"], workspace="club")
    warehouse.attribute(1, "other", "x")
    text = "user: {attribute: plan, exact: free}"
    assert warehouse.evidence(text, workspaces=("shop", "club")) == [
        {"mpid": 1, "workspace": "club", "attribute": "PLAN", "value": "a, b"},
        {"mpid": 1, "workspace": "shop", "attribute": "Plan", "value": "Free"},
    ]
    leaf = criterion(text)
    assert isinstance(leaf, Leaf)
    assert leaf.personal_columns == ("value",)


def test_every_identity_of_the_type_is_told() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.identity(1, "email", "a@example.com")
    warehouse.identity(1, "customer_id", "7")
    assert warehouse.evidence("identity: {type: email, contains: zzz}") == [
        {"mpid": 1, "workspace": "shop", "type": "email", "value": "a@example.com"}
    ]


def test_a_hidden_profile_tells_nothing() -> None:
    warehouse = SmallWarehouse()
    warehouse.profile(1, last_seen=datetime(2017, 1, 1))
    warehouse.attribute(1, "plan", "free")
    warehouse.identity(1, "email", "a@example.com")
    assert warehouse.evidence("user: {attribute: plan, exact: free}", lifetime="30 days") == []
    assert warehouse.evidence("identity: {type: email}", lifetime="30 days") == []
    assert warehouse.evidence("last_seen: {within: 700 days}", lifetime="30 days") == []


def test_the_one_instant_of_a_user_is_told_under_its_key() -> None:
    warehouse = SmallWarehouse()
    warehouse.profile(1, last_seen=datetime(2017, 12, 1), last_active=None)
    warehouse.profile(1, workspace="club", last_seen=datetime(2017, 12, 5))
    both = ("shop", "club")
    assert warehouse.evidence("last_seen: {within: 7 days}", workspaces=both) == [
        {"mpid": 1, "last_seen": datetime(2017, 12, 5)}
    ]
    assert warehouse.evidence("last_seen: {within: 7 days, workspace: shop}", workspaces=both) == [
        {"mpid": 1, "last_seen": datetime(2017, 12, 1)}
    ]
    assert warehouse.evidence("last_active: {within: 7 days}", workspaces=both) == []


def test_the_newest_consent_is_told() -> None:
    warehouse = SmallWarehouse(1)
    warehouse.consent(1, True, datetime(2017, 12, 1))
    warehouse.consent(1, False, datetime(2017, 12, 2), workspace="club")
    text = "consent: {regulation: GDPR, purpose: Marketing, state: granted}"
    assert warehouse.evidence(text, workspaces=("shop", "club")) == [
        {"mpid": 1, "time": datetime(2017, 12, 2), "workspace": "club", "state": "denied"}
    ]


def test_members_of_a_named_audience_are_told_with_the_variant_where_one_is_named() -> None:
    warehouse = SmallWarehouse(1, 2)
    warehouse.other_member(1, "push")
    assert warehouse.evidence("audience: {not_in: others}") == [{"mpid": 1, "in": "others"}]
    assert warehouse.evidence("audience: {in: others, variant: email}") == [
        {"mpid": 1, "in": "others", "variant": "push"}
    ]
