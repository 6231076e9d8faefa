"""Event criteria, run on DuckDB (spec §4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse

MICROSECOND = timedelta(microseconds=1)


def test_a_plain_name_is_matched_as_sent_and_operators_like_any_text():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, "Play")
    warehouse.event(2, "play")
    warehouse.event(3, None)
    assert warehouse.members("event: {name: Play}") == [1]
    assert warehouse.members("event: {name: {starts_with: PL}}") == [1, 2]
    assert warehouse.members("event: {name: {not_starts_with: PL}}") == [3]


def test_events_of_a_hidden_tier_count_in_nothing():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, "Heartbeat")
    warehouse.event(2, "Heart")
    warehouse.event(3, None)
    assert warehouse.members("event: {name: {starts_with: heart}}", hidden=("Heartbeat",)) == [2]
    assert warehouse.members("event: {count: {gte: 1}}", hidden=("Heartbeat",)) == [2, 3]


def test_a_user_without_matching_events_has_count_0():
    warehouse = SmallWarehouse(1, 2, 3)
    for _ in range(3):
        warehouse.event(1)
    warehouse.event(2)
    assert warehouse.members("event: {name: Play, count: {eq: 0}}") == [3]
    assert warehouse.members("event: {name: Play, count: {lt: 3}}") == [2, 3]
    assert warehouse.members("event: {name: Play, count: {ne: 1}}") == [1, 3]
    assert warehouse.members("event: {name: Play, count: {gte: 1, lt: 3}}") == [2]
    assert warehouse.members("event: {name: Play, count: {between: [0, 1]}}") == [2, 3]
    assert warehouse.members("event: {name: Play, count: {gte: 2, ne: 4}}") == [1]


@pytest.mark.parametrize(
    ("before_as_of", "is_seen"),
    [
        (timedelta(), False),
        (MICROSECOND, True),
        (timedelta(days=30), True),
        (timedelta(days=30) + MICROSECOND, False),
    ],
)
def test_the_lookback_holds_its_first_instant_and_not_as_of(before_as_of: timedelta, is_seen: bool):
    warehouse = SmallWarehouse(1)
    warehouse.event(1, at=AS_OF - before_as_of)
    assert warehouse.members("event: {name: Play}") == ([1] if is_seen else [])


def test_both_ends_of_ago_are_in():
    warehouse = SmallWarehouse(1, 2, 3, 4)
    as_of = datetime(2018, 9, 9, 13)
    warehouse.event(1, at=datetime(2018, 9, 3, 13))
    warehouse.event(2, at=datetime(2018, 9, 5, 13))
    warehouse.event(3, at=datetime(2018, 9, 3, 13) - MICROSECOND)
    warehouse.event(4, at=datetime(2018, 9, 5, 13) + MICROSECOND)
    assert warehouse.members("event: {name: Play, ago: [6 days, 4 days]}", as_of=as_of) == [1, 2]


@pytest.mark.parametrize(
    ("window", "members"),
    [
        ("before: 2017-12-05", [1]),
        ("after: 2017-12-05", [2, 3, 4]),
        ("on: 2017-12-05", [2, 3]),
        ("between_dates: [2017-12-05, 2017-12-06]", [2, 3, 4]),
        ("within: 40 days", [1, 2, 3, 4]),
    ],
)
def test_windows_of_days(window: str, members: list[int]):
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.event(1, at=datetime(2017, 12, 5) - MICROSECOND)
    warehouse.event(2, at=datetime(2017, 12, 5))
    warehouse.event(3, at=datetime(2017, 12, 6) - MICROSECOND)
    warehouse.event(4, at=datetime(2017, 12, 6))
    assert warehouse.members(f"event: {{name: Play, {window}}}") == members


def test_a_window_never_reaches_past_the_lookback():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, at=AS_OF - timedelta(days=31))
    assert warehouse.members("event: {name: Play, within: 90 days}") == []
    assert warehouse.members("event: {name: Play, after: 2010-01-01}") == []
    assert warehouse.members("event: {name: Play, ago: [90 days, 1 day]}") == []
    assert warehouse.members("event: {name: Play, within: 90 days}", lookback=None) == [1]


def test_conditions_hold_on_the_same_event():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, attributes={"genre": "Drama", "seconds": "61"})
    warehouse.event(2, attributes={"genre": "drama"})
    warehouse.event(2, attributes={"seconds": "61"})
    assert warehouse.members("event: {name: Play, where: {genre: drama, seconds: {gte: 60}}}") == [1]


def test_a_negative_is_the_complement_of_the_single_event():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, attributes={"genre": "drama"})
    warehouse.event(2, attributes={"genre": None})
    warehouse.event(3, attributes={"genre": "drama"})
    warehouse.event(3)
    assert warehouse.members("event: {name: Play, where: {genre: {not_exact: drama}}}") == [2, 3]
    assert warehouse.members("event: {name: Play, where: {genre: {exists: true}}}") == [1, 2, 3]
    assert warehouse.members("event: {name: Play, where: {genre: {exists: false}}}") == [3]


def test_an_event_attribute_is_matched_as_it_was_sent():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, attributes={"attribute.Genre": "x"})
    assert warehouse.members("event: {name: Play, where: {attribute.Genre: x}}") == [1]
    assert warehouse.members("event: {name: Play, where: {attribute.genre: x}}") == []


def test_a_built_in_field_hides_a_custom_attribute_of_its_name():
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, total_amount="5", attributes={"total_amount": "7"})
    assert warehouse.members("ecommerce: {action: purchase, where: {total_amount: {eq: 5}}}") == [1]
    assert warehouse.members("ecommerce: {action: purchase, where: {attribute.total_amount: {eq: 7}}}") == [1]
    assert warehouse.members("ecommerce: {action: purchase, where: {total_amount: {eq: 7}}}") == []


def test_both_spellings_of_the_wish_list_action_are_one():
    warehouse = SmallWarehouse(1, 2)
    warehouse.purchase(1, action="remove_from_wish_list")
    warehouse.purchase(2, action="remove_from_wishlist")
    assert warehouse.members("ecommerce: {action: remove_from_wishlist}") == [1, 2]
    assert warehouse.members("ecommerce: {action: remove_from_wish_list}") == [1, 2]


def test_product_conditions_hold_on_one_line_and_an_event_counts_once():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.purchase(1, {"category": "Shoes", "price": "20"}, {"category": "shoes", "price": "30"})
    warehouse.purchase(2, {"category": "shoes", "price": "5"}, {"category": "hats", "price": "20"})
    warehouse.purchase(3)
    chosen = "ecommerce: {action: purchase, product: {category: shoes, price: {gte: 10}}"
    assert warehouse.members(chosen + "}") == [1]
    assert warehouse.members(chosen + ", count: {gte: 2}}") == []
    assert warehouse.members("ecommerce: {action: purchase, product: {category: {not_exact: shoes}}}") == [2]


def test_a_product_is_compared_by_version_and_as_a_date_on_its_line():
    warehouse = SmallWarehouse(1)
    warehouse.purchase(1, {"attributes": {"made": "2017-02-03T10:00Z", "model": "2.10"}})
    product = "{made: {on: 2017-02-03}, model: {version: {gt: '2.9'}, not_includes: '2.1'}}"
    assert warehouse.members(f"ecommerce: {{action: purchase, product: {product}}}") == [1]


def test_promotion_conditions_hold_on_one_promotion():
    warehouse = SmallWarehouse(1, 2)
    banner = {"id": "p1", "name": "Summer", "creative": "banner", "position": "1", "attributes": {}}
    warehouse.purchase(1, action="promotion_view", promotions=[{**banner}])
    warehouse.purchase(
        2, action="promotion_view", promotions=[{**banner, "position": "2"}, {**banner, "id": "p2"}]
    )
    assert warehouse.members(
        "ecommerce: {action: promotion_view, promotion: {id: p1, position: {eq: 1}}}"
    ) == [1]


def test_sums_are_exact_and_skip_what_is_no_number():
    warehouse = SmallWarehouse(1, 2, 3)
    for value in ("0.1", "0.2", "abc", None):
        warehouse.event(1, attributes={"price": value})
    for value in ("99999999999999999999999999999", "99999999999999999999999999999"):
        warehouse.event(2, attributes={"price": value})
    assert warehouse.members("event: {name: Play, sum: {attribute: price, eq: 0.3}}") == [1]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, gte: 1}}") == [2]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, eq: 0}}") == [3]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, gte: -1, lt: 5}}") == [1, 3]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, between: [0.3, 1]}}") == [1]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, gte: 0.1, lt: 5}}") == [1]
    assert warehouse.members(
        "event: {name: Play, sum: {attribute: price, gt: 0.1, lte: 5, ne: 3, gte: 0.2}}"
    ) == [1]
    assert warehouse.members("event: {name: Play, sum: {attribute: price, between: [0, 1]}}") == [1, 3]
    assert warehouse.members("event: {name: Play, average: {attribute: price, between: [0.15, 0.15]}}") == [1]
    assert warehouse.members("event: {name: Play, average: {attribute: price, gte: 0, lt: 1}}") == [1]


def test_an_average_is_compared_exactly_and_an_empty_one_has_no_value():
    warehouse = SmallWarehouse(1, 2, 3)
    for value in ("1", "1", "2"):
        warehouse.event(1, attributes={"price": value})
    warehouse.event(2, attributes={"price": "x"})
    assert warehouse.members("event: {name: Play, average: {attribute: price, gt: 1.333333333}}") == [1]
    assert warehouse.members("event: {name: Play, average: {attribute: price, eq: 1.333333333}}") == []
    assert warehouse.members("event: {name: Play, average: {attribute: price, lt: 5}}") == [1]
    assert warehouse.members("event: {name: Play, average: {attribute: price, ne: 5}}") == [1, 2, 3]
    assert warehouse.members("event: {name: Play, average: {attribute: price, ne: 5, gte: 1}}") == [1]


def test_min_and_max_compare_numbers_not_text():
    warehouse = SmallWarehouse(1)
    for value in ("9", "10", "-1e3"):
        warehouse.event(1, attributes={"n": value})
    assert warehouse.members("event: {name: Play, max: {attribute: n, eq: 10}}") == [1]
    assert warehouse.members("event: {name: Play, min: {attribute: n, eq: -1000}}") == [1]
    assert warehouse.members("event: {name: Play, min: {attribute: n, ne: -1000}}") == []


def test_distinct_tells_values_apart_by_exact_text():
    warehouse = SmallWarehouse(1, 2)
    for value in ("a", "A", "", None, "a"):
        warehouse.event(1, attributes={"genre": value})
    warehouse.event(2)
    assert warehouse.members("event: {name: Play, distinct: {attribute: genre, eq: 3}}") == [1]
    assert warehouse.members("event: {name: Play, distinct: {attribute: genre, lt: 1}}") == [2]


def test_an_amount_of_a_product_field_goes_over_the_matching_lines():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.purchase(1, {"category": "shoes", "quantity": "3"}, {"category": "shoes", "quantity": "2"})
    warehouse.purchase(2, {"category": "shoes", "quantity": "1"}, {"category": "hats", "quantity": "9"})
    chosen = "ecommerce: {action: purchase, product: {category: shoes}, sum: {product: quantity, "
    assert warehouse.members(chosen + "gte: 5}}") == [1]
    assert warehouse.members(chosen + "lt: 5}}") == [2, 3]


def test_criteria_are_narrowed_to_an_input_and_a_workspace():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, input="shop/ios")
    warehouse.event(2, input="club/till", workspace="club")
    warehouse.event(3, input="shop/old")
    inputs = ("shop/ios", "club/till")
    assert warehouse.members("event: {name: Play}", inputs=inputs) == [1, 2]
    assert warehouse.members("event: {name: Play, input: club/till}", inputs=inputs) == [2]
    assert warehouse.members("event: {name: Play, workspace: shop}", inputs=inputs) == [1]
    assert warehouse.members("event: {name: Play, input: shop/web}", inputs=inputs) == []


def test_screens_types_and_the_batch_are_chosen():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, "Home", event_type="screen_view", app_version="2.10", platform="iOS")
    warehouse.event(2, "Home", custom_type="media", app_version="2.9")
    assert warehouse.members("screen_view: {name: Home}") == [1]
    assert warehouse.members("event: {name: Home, type: Media}") == [2]
    assert warehouse.members(
        'screen_view: {name: Home, app_version: {version: {gt: "2.9"}}, platform: ios}'
    ) == [1]
