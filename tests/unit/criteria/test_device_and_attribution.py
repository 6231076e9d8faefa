"""Criteria of devices and attributions, run on DuckDB (spec §4.1, §4.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse, codes, criterion
from transforms.criteria.language import narrowed_workspaces
from transforms.criteria.leaf import Leaf

BOTH = ("shop", "club")


def devices() -> SmallWarehouse:
    """1 has two devices, 2 has one, 3 has one of which little is known, 4 has none."""
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.device(1, os="iOS", os_version="17.2", brand="Apple", type="tablet")
    warehouse.device(1, os="Android", os_version="9", brand="it's {{ 1+1 }}", type="phone", carrier="Télé")
    warehouse.device(2, os="Android", os_version="17.2", type="phone")
    warehouse.device(3, os="")
    return warehouse


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("os: ios", [1]),
        ("os: iOS, type: tablet", [1]),
        ("os: iOS, type: phone", []),
        ("os: Android, os_version: {version: {gte: '10'}}", [2]),
        ("os: {in: [ios, android]}, os_version: {version: {gte: '17'}}", [1, 2]),
        ('brand: "it\'s {{ 1+1 }}"', [1]),
        ("carrier: {contains: TÉLÉ}", [1]),
        ("os: {not_exact: iOS}", [2, 3, 4]),
        ("os: {not_exact: iOS}, type: {not_exact: phone}", [3, 4]),
        ("os: Android, type: {not_exact: tablet}", [2]),
        ("os: {exists: true}", [1, 2, 3]),
        ("type: {exists: true}", [1, 2]),
        ("type: {exists: false}", [3, 4]),
        ("carrier: {exists: false}, os: Android", [2]),
        ("os: Android, carrier: {exists: true}, type: phone", [1]),
        ("brand: {starts_with: a, ends_with: e}", [1]),
    ],
)
def test_positives_hold_on_one_device_and_a_negative_looks_at_all(written: str, members: list[int]):
    assert devices().members(f"device: {{{written}}}") == members


def test_a_device_belongs_to_a_workspace():
    warehouse = devices()
    warehouse.profile(4, "club")
    warehouse.device(4, "club", os="tvOS")
    assert warehouse.members("device: {os: tvOS}") == []
    assert warehouse.members("device: {os: tvOS}", workspaces=BOTH) == [4]
    assert warehouse.members("device: {os: tvOS, workspace: shop}", workspaces=BOTH) == []
    assert warehouse.members("device: {os: {not_exact: tvOS}, workspace: shop}", workspaces=BOTH) == [
        1,
        2,
        3,
        4,
    ]


def test_a_hidden_profile_has_no_device():
    warehouse = SmallWarehouse()
    warehouse.profile(1, last_seen=AS_OF - timedelta(days=31))
    warehouse.profile(1, "club", last_seen=AS_OF)
    warehouse.device(1, os="iOS")
    assert warehouse.members("device: {os: iOS}", workspaces=BOTH, lifetime="30 days") == []
    assert warehouse.members("device: {os: iOS}", workspaces=BOTH, lifetime="31 days") == [1]


def test_the_evidence_of_a_device_is_every_device_with_the_fields_that_are_named():
    assert devices().evidence("device: {os: iOS, type: {not_exact: tablet}}") == [
        {"mpid": 1, "workspace": "shop", "os": "Android", "type": "phone"},
        {"mpid": 1, "workspace": "shop", "os": "iOS", "type": "tablet"},
        {"mpid": 2, "workspace": "shop", "os": "Android", "type": "phone"},
        {"mpid": 3, "workspace": "shop", "os": "", "type": None},
    ]


def attributions() -> SmallWarehouse:
    """1 came by one publisher and left by none, 2 left by the other, of 3 nothing is known."""
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.attribution(1, "install", publisher="Northwind Ads", campaign="spring")
    warehouse.attribution(1, "uninstall")
    warehouse.attribution(2, "install", campaign="summer")
    warehouse.attribution(2, "uninstall", publisher="northwind ads", campaign="summer")
    return warehouse


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("on: install, publisher: northwind ads", [1]),
        ("on: uninstall, publisher: Northwind Ads", [2]),
        ("on: install, publisher: Northwind Ads, campaign: summer", []),
        ("on: install, campaign: {ends_with: r}", [2]),
        ("on: install, publisher: {exists: false}", [2, 3]),
        ("on: uninstall, publisher: {not_exact: Northwind Ads}", [1, 3]),
        ("on: uninstall, campaign: {exists: true}", [2]),
    ],
)
def test_attributions(written: str, members: list[int]):
    assert attributions().members(f"attribution: {{{written}}}") == members


def test_the_evidence_of_an_attribution_is_that_of_its_occasion():
    assert attributions().evidence("attribution: {on: install, campaign: spring}") == [
        {"mpid": 1, "workspace": "shop", "campaign": "spring"},
        {"mpid": 2, "workspace": "shop", "campaign": "summer"},
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("device: {}", ["CRT-003"]),
        ("device: {workspace: shop}", ["CRT-004"]),
        ("device: {platform: iOS}", ["CRT-002"]),
        ("device: {os: {}}", ["CRT-003"]),
        ("device: {os: [iOS]}", ["CRT-006"]),
        ("device: {os: {exat: iOS}}", ["CRT-005"]),
        ("attribution: {publisher: p}", ["CRT-004"]),
        ("attribution: {on: install}", ["CRT-004"]),
        ("attribution: {on: open, publisher: p}", ["CRT-006"]),
        ("attribution: {workspace: shop}", ["CRT-004", "CRT-004"]),
    ],
)
def test_what_is_refused(text: str, found: list[str]):
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "is_negative", "explanation"),
    [
        (
            "device: {os: iOS, type: {exists: false}, workspace: shop}",
            False,
            "device: os is 'iOS' and type does not exist in workspace shop",
        ),
        ("device: {type: {exists: false}}", True, "device: type does not exist"),
        (
            "attribution: {on: install, campaign: {not_in: [a, b]}}",
            True,
            "install attribution: campaign is none of 'a', 'b'",
        ),
    ],
)
def test_a_criterion_says_what_it_is(text: str, is_negative: bool, explanation: str):
    found = criterion(text)
    assert isinstance(found, Leaf)
    assert found.is_negative is is_negative
    assert found.explanation(None) == (explanation,)  # type: ignore[arg-type]
    assert [narrowing.name for narrowing in narrowed_workspaces(found)] == ["shop"] * ("shop" in text)
