"""Which criteria share a rollup of events by day, and which have none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.small_warehouse import criterion, scope
from transforms.criteria.leaf import Leaf


def names(criteria: str, inputs: tuple[str, ...] = ("shop/ios", "shop/web"), **limits: object) -> list[str]:
    leaf = criterion(criteria)
    assert isinstance(leaf, Leaf)
    own = replace(scope(inputs=inputs, **limits), has_rollups=True)  # pyright: ignore[reportArgumentType]
    return [rollup.name for rollup in leaf.rollups(own)]


@pytest.mark.parametrize(
    "same",
    [
        "event: {name: Play, where: {seconds: {gte: 60}, genre: drama}, platform: {in: [tvOS, iOS]}, within: 7 days}",
        "event: {name: Play, where: {genre: drama, seconds: {gte: 60}}, platform: {in: [iOS, tvOS]}, count: {eq: 0}, before: 2018-01-01}",
    ],
)
def test_window_threshold_and_order_do_not_matter(same: str):
    one = "event: {name: Play, where: {genre: drama, seconds: {gte: 60}}, platform: {in: [iOS, tvOS]}}"
    assert names(one) == names(same) != []
    assert names(one, ("shop/web", "shop/ios"), lookback=None) == names(one)


def test_whatever_else_is_chosen_has_a_rollup_of_its_own():
    chosen = [
        "event: {name: Play}",
        "event: {name: play}",
        "event: {name: {exact: Play}}",
        "screen_view: {name: Play}",
        *(
            f"event: {{name: Play, where: {{{condition}}}}}"
            for condition in (
                "a: '5'",
                "b: '5'",
                "a: {not_exact: '5'}",
                "a: {contains: '5'}",
                "a: {starts_with: '5'}",
                "a: {eq: 5}",
                "a: {ne: 5}",
                "a: {gte: 5}",
                "a: {gt: 5}",
                "a: {version: {eq: '5'}}",
                "a: {version: {gte: '5'}}",
                "a: {exists: true}",
                "a: {exists: false}",
                "a: {is: true}",
                "a: {is: false}",
                "a: {on: 2018-01-05}",
                "a: {before: 2018-01-05}",
                "a: {after: 2018-01-05}",
                "a: {includes: '5'}",
                "a: {partial: '5'}",
            )
        ),
        *(
            f"ecommerce: {{action: purchase, {amount}}}"
            for amount in (
                "count: {gte: 2}",
                "sum: {attribute: total_amount, gte: 2}",
                "sum: {attribute: tax_amount, gte: 2}",
                "sum: {product: price, gte: 2}",
                "product: {price: {gte: 2}}",
                "where: {price: {gte: 2}}",
                "promotion: {price: {gte: 2}}",
            )
        ),
    ]
    found = [name for criteria in chosen for name in names(criteria)]
    assert len(found) == len(chosen)
    assert len(set(found)) == len(chosen)
    everywhere = names("event: {name: Play}", ("shop/ios",)) + names("event: {name: Play, input: shop/ios}")
    assert len(set(everywhere)) == 1
    assert set(everywhere).isdisjoint(found)


def test_all_aggregates_of_a_field_share_one():
    one = {
        name
        for function in ("sum", "average", "min", "max")
        for name in names(f"event: {{name: Play, {function}: {{attribute: seconds, gte: 2}}}}")
    }
    assert len(one) == 1


@pytest.mark.parametrize(
    "criteria",
    [
        "event: {name: Play, distinct: {attribute: genre, gte: 2}}",
        "event: {name: Play, where: {released: {within: 7 days}}}",
        "session: {length: {gt: 5 minutes}}",
        "sequence: [{event: {name: Play}}, {event: {name: Pause}}]",
        "cart_abandonment: {wait: 2 hours, follow_up: purchase}",
        "user: {attribute: Plan, exact: free}",
    ],
)
def test_what_one_day_does_not_tell_has_none(criteria: str):
    assert names(criteria) == []
