"""Installs, upgrades, uninstalls, crashes and attribution: which events they are, and whose (spec §4.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse

_KINDS = [
    ("install", {"event_type": "first_run"}),
    ("install", {"event_type": "application_state_transition", "is_first_run": True}),
    ("upgrade", {"event_type": "application_state_transition", "is_upgrade": True}),
    ("uninstall", {"event_type": "uninstall"}),
    ("crash", {"event_type": "crash_report"}),
]
_OTHERS = (
    {"event_type": "application_state_transition"},
    {"event_type": "application_state_transition", "is_first_run": False, "is_upgrade": False},
    {"event_type": "custom_event"},
)


@pytest.mark.parametrize(("kind", "event"), _KINDS)
def test_each_kind_counts_its_events_and_no_others(kind: str, event: dict[str, object]):
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, None, **event)
    warehouse.event(1, None, AS_OF - timedelta(days=8), **event)
    warehouse.event(2, None, AS_OF - timedelta(days=31), **event)
    warehouse.event(2, None, AS_OF, **event)
    for other in _OTHERS:
        warehouse.event(3, None, **other)
    assert warehouse.members(f"{kind}: {{count: {{gte: 1}}}}") == [1]
    assert warehouse.members(f"{kind}: {{count: {{gte: 2}}}}") == [1]
    assert warehouse.members(f"{kind}: {{count: {{eq: 2}}, within: 7 days}}") == []
    assert warehouse.members(f"{kind}: {{count: {{eq: 0}}}}") == [2, 3]


@pytest.mark.parametrize(("kind", "event"), _KINDS)
def test_all_inputs_of_the_workspaces_are_seen_not_only_the_chosen_ones(kind: str, event: dict[str, object]):
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, None, input="shop/ios", **event)
    warehouse.event(2, None, input="shop/old", **event)
    warehouse.event(3, None, input="club/till", workspace="club", **event)
    chosen = ("shop/ios",)
    assert warehouse.members(f"{kind}: {{within: 7 days}}", inputs=chosen) == [1, 2]
    assert warehouse.members(f"{kind}: {{input: shop/old}}", inputs=chosen) == [2]
    both = ("shop", "club")
    assert warehouse.members(f"{kind}: {{within: 7 days}}", inputs=chosen, workspaces=both) == [1, 2, 3]
    assert warehouse.members(f"{kind}: {{workspace: club}}", inputs=chosen, workspaces=both) == [3]
    assert (
        warehouse.members(f"{kind}: {{workspace: club, input: shop/old}}", inputs=chosen, workspaces=both)
        == []
    )


def test_a_launch_that_comes_as_two_events_counts_twice():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, None, event_type="first_run")
    warehouse.event(1, None, event_type="application_state_transition", is_first_run=True)
    assert warehouse.members("install: {count: {eq: 2}}") == [1]


def test_attributes_and_the_batch_are_compared():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(
        1, None, event_type="crash_report", attributes={"screen": "Home"}, app_build="12", os_version="17.1"
    )
    warehouse.event(2, None, event_type="crash_report", attributes={"screen": "Cart"}, app_build="12")
    assert warehouse.members("crash: {where: {screen: home}}") == [1]
    assert warehouse.members("crash: {app_build: 12, os_version: {version: {gte: '17'}}}") == [1]
    assert warehouse.members("crash: {distinct: {attribute: screen, gte: 1}}") == [1, 2]


def test_attribution_events_are_custom_events_of_that_type_in_any_case():
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.event(1, "attribution", custom_type="attribution", attributes={"publisher": "meta"})
    warehouse.event(2, "re-engagement", custom_type="Attribution")
    warehouse.event(3, "attribution", custom_type="other")
    warehouse.event(4, "attribution", custom_type="attribution", event_type="commerce_event")
    assert warehouse.members("attribution_event: {within: 7 days}") == [1, 2]
    assert warehouse.members("attribution_event: {name: attribution}") == [1]
    assert warehouse.members("attribution_event: {name: {exact: Re-Engagement}}") == [2]
    assert warehouse.members("attribution_event: {where: {publisher: Meta}}") == [1]


def test_attribution_events_have_the_tier_of_their_name_and_come_from_the_chosen_inputs():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, "attribution", custom_type="attribution")
    warehouse.event(2, "engaged", custom_type="attribution", input="shop/old")
    assert warehouse.members("attribution_event: {within: 7 days}") == [1]
    assert warehouse.members("attribution_event: {within: 7 days}", hidden=("attribution",)) == []
