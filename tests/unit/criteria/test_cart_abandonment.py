"""Carts that were filled and left (spec §4.3)."""

from __future__ import annotations

from datetime import timedelta

from tests.support.small_warehouse import AS_OF, SmallWarehouse, criterion, render, scope
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.criteria.kinds.cart_abandonment import CartAbandonment

_TICK = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_LONG_AGO = AS_OF - timedelta(days=2)


def _fill(warehouse: SmallWarehouse, mpid: int, *products: dict[str, str], **columns: object) -> None:
    warehouse.purchase(mpid, *products, action="add_to_cart", **{"at": _LONG_AGO, **columns})


def test_the_latest_cart_is_at_or_before_the_wait():
    warehouse = SmallWarehouse(1, 2, 3, 4)
    _fill(warehouse, 1, at=AS_OF - 2 * _HOUR)
    _fill(warehouse, 2, at=AS_OF - 2 * _HOUR + _TICK)
    _fill(warehouse, 3)
    _fill(warehouse, 3, at=AS_OF - _HOUR)
    assert warehouse.members("cart_abandonment: {wait: 2 hours}") == [1]
    assert warehouse.members("cart_abandonment: {wait: 1 hour}") == [1, 2, 3]


def test_the_lookback_cuts_and_as_of_ends():
    warehouse = SmallWarehouse(1, 2, 3)
    _fill(warehouse, 1, at=AS_OF - timedelta(days=30))
    _fill(warehouse, 2, at=AS_OF - timedelta(days=30) - _TICK)
    _fill(warehouse, 3)
    _fill(warehouse, 3, at=AS_OF)
    warehouse.purchase(3, at=AS_OF)
    assert warehouse.members("cart_abandonment: {wait: 2 hours}") == [1, 3]
    assert warehouse.members("cart_abandonment: {wait: 2 hours}", lookback=None) == [1, 2, 3]


def test_a_follow_up_counts_at_or_after_the_cart_and_not_before():
    warehouse = SmallWarehouse(1, 2, 3)
    for mpid, at in ((1, _LONG_AGO - _TICK), (2, _LONG_AGO), (3, AS_OF - _TICK)):
        _fill(warehouse, mpid)
        warehouse.purchase(mpid, at=at)
    assert warehouse.members("cart_abandonment: {wait: 2 hours}") == [1]
    assert warehouse.members("cart_abandonment: {wait: 2 hours, follow_up: checkout}") == [1, 2, 3]


def test_a_follow_up_may_be_of_any_product_and_the_cart_holds_the_one_that_is_asked_for():
    warehouse = SmallWarehouse(1, 2, 3, 4)
    _fill(warehouse, 1, {"category": "shoes", "price": "60"})
    _fill(warehouse, 2, {"category": "shoes", "price": "60"})
    warehouse.purchase(2, {"category": "hats"}, at=_LONG_AGO + _HOUR)
    _fill(warehouse, 3, {"category": "shoes", "price": "10"}, {"category": "hats", "price": "60"})
    _fill(warehouse, 4, {"category": "shoes", "price": "60"}, at=_LONG_AGO)
    _fill(warehouse, 4, {"category": "hats", "price": "60"}, at=AS_OF - _HOUR)
    product = "product: {category: shoes, price: {gte: 50}}"
    assert warehouse.members(f"cart_abandonment: {{wait: 2 hours, {product}}}") == [1, 4]


def test_both_spellings_of_a_follow_up_are_one_action():
    warehouse = SmallWarehouse(1, 2)
    for mpid, action in ((1, "remove_from_wish_list"), (2, "remove_from_wishlist")):
        _fill(warehouse, mpid)
        warehouse.purchase(mpid, action=action, at=_LONG_AGO)
    for action in ("remove_from_wish_list", "remove_from_wishlist"):
        assert warehouse.members(f"cart_abandonment: {{wait: 1 hour, follow_up: {action}}}") == []


def test_inputs_narrow_the_cart_and_the_follow_up():
    warehouse = SmallWarehouse(1, 2, 3)
    _fill(warehouse, 1)
    warehouse.purchase(1, at=AS_OF - _HOUR, input="shop/old")
    _fill(warehouse, 2)
    warehouse.purchase(2, at=AS_OF - _HOUR, input="shop/web")
    _fill(warehouse, 3, input="shop/old")
    assert warehouse.members("cart_abandonment: {wait: 2 hours}") == [1]
    assert warehouse.members("cart_abandonment: {wait: 2 hours, input: shop/ios}") == [1, 2]
    assert warehouse.members("cart_abandonment: {wait: 2 hours, workspace: club}") == []


def test_conditions_on_the_event_and_the_batch_are_those_of_the_cart():
    warehouse = SmallWarehouse(1, 2, 3)
    _fill(warehouse, 1, currency_code="EUR", platform="web")
    _fill(warehouse, 2, currency_code="EUR", platform="ios")
    _fill(warehouse, 3, currency_code="EUR", platform="web")
    warehouse.purchase(3, at=AS_OF - _HOUR, platform="ios")
    criteria = "cart_abandonment: {wait: 2 hours, where: {currency_code: eur}, platform: web}"
    assert warehouse.members(criteria) == [1]


def test_the_evidence_is_the_latest_cart_and_the_latest_follow_up():
    warehouse = SmallWarehouse(1, 2, 3)
    _fill(warehouse, 1)
    _fill(warehouse, 1, at=AS_OF - _HOUR)
    warehouse.purchase(1, at=_LONG_AGO + _HOUR)
    _fill(warehouse, 2)
    warehouse.purchase(3)
    leaf = criterion("cart_abandonment: {wait: 2 hours}")
    assert isinstance(leaf, CartAbandonment)
    text = render(model_text(leaf.evidence(scope()), DUCKDB))
    rows = warehouse.connection.execute(f"select mpid, add_to_cart, follow_up from ({text}) order by mpid")
    assert rows.fetchall() == [(1, AS_OF - _HOUR, _LONG_AGO + _HOUR), (2, _LONG_AGO, None)]


def test_it_says_what_it_looks_at():
    leaf = criterion("cart_abandonment: {wait: 2 hours, product: {category: shoes}}")
    assert isinstance(leaf, CartAbandonment)
    assert leaf.explanation(scope()) == (
        "cart_abandonment: the latest add_to_cart is at least 2 hours old, no purchase since",
        "product: category is 'shoes'",
        "window: the lookback, [as_of - 30 days, as_of)",
    )
    assert not leaf.is_negative
