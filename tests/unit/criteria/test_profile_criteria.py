"""Criteria of profiles, run on DuckDB (spec §4.1, §4.2, §4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse

BOTH = ("shop", "club")


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        ("exact: us", "not_exact: us"),
        ("contains: u", "not_contains: u"),
        ("starts_with: u", "not_starts_with: u"),
        ("ends_with: s", "not_ends_with: s"),
        ("pattern: 'u?'", "not_pattern: 'u?'"),
        ("in: [US, DE]", "not_in: [US, DE]"),
        ("eq: 5", "ne: 5"),
        ("exists: true", "exists: false"),
        ("includes: red", "not_includes: red"),
        ("partial: e", "not_partial: e"),
        ("version: {eq: '5.0'}", "version: {ne: '5.0'}"),
    ],
)
def test_a_criterion_and_its_negative_split_the_population(positive: str, negative: str):
    warehouse = SmallWarehouse(1, 2, 3, 4, 5, 6)
    warehouse.profile(2, "club")
    warehouse.attribute(1, "Country", "US")
    warehouse.attribute(2, "country", "DE")
    warehouse.attribute(2, "country", "us", workspace="club")
    warehouse.attribute(3, "country")
    warehouse.attribute(4, "country", elements=["Red", None, "us"])
    warehouse.attribute(5, "country", "5")
    holding = warehouse.members(f"user: {{attribute: COUNTRY, {positive}}}", workspaces=BOTH)
    rest = warehouse.members(f"user: {{attribute: COUNTRY, {negative}}}", workspaces=BOTH)
    assert holding
    assert sorted([*holding, *rest]) == [1, 2, 3, 4, 5, 6]


def test_positives_hold_together_on_one_row():
    warehouse = SmallWarehouse(1, 2)
    warehouse.profile(1, "club")
    warehouse.attribute(1, "plan", "free trial")
    warehouse.attribute(1, "plan", "paid yearly", workspace="club")
    warehouse.attribute(2, "plan", "free yearly")
    criteria = "user: {attribute: plan, starts_with: free, ends_with: yearly}"
    assert warehouse.members(criteria, workspaces=BOTH) == [2]
    assert (
        warehouse.members(
            "user: {attribute: plan, starts_with: free, not_ends_with: yearly}", workspaces=BOTH
        )
        == []
    )


def test_operators_read_a_list_as_spec_says():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.attribute(1, "tags", elements=["Red", None])
    warehouse.attribute(2, "tags", "red")
    warehouse.attribute(3, "tags", elements=[])
    assert warehouse.members("user: {attribute: tags, includes: RED}") == [1, 2]
    assert warehouse.members("user: {attribute: tags, partial: e}") == [1, 2]
    assert warehouse.members("user: {attribute: tags, exact: red}") == [2]
    assert warehouse.members("user: {attribute: tags, exists: true}") == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "pattern", "matches"),
    [
        ("ABC", "a*", True),
        ("abc", "a?", False),
        ("a%c", "a%c", True),
        ("abc", "a%c", False),
        ("a_c", "a_c", True),
        ("abc", "a_c", False),
        ("a!c", "a!c", True),
        ("a*c", r"a\*c", True),
        ("abc", r"a\*c", False),
        (r"a\c", r"a\\c", True),
        ("a\nb", "a*b", True),
        ("É", "?", True),
        ("😀", "?", True),
        ("", "*", True),
        ("a'b", "a'b", True),
    ],
)
def test_patterns(value: str, pattern: str, matches: bool):
    warehouse = SmallWarehouse(1)
    warehouse.attribute(1, "a", value)
    quoted = pattern.replace("'", "''")
    assert warehouse.members(f"user: {{attribute: a, pattern: '{quoted}'}}") == ([1] if matches else [])


@pytest.mark.parametrize(
    ("value", "condition", "holds"),
    [
        ("8", "eq: 8", True),
        (" 8.0 ", "eq: 8", True),
        ("8", "eq: 8.000000001", False),
        ("1e3", "between: [1000, 1000]", True),
        ("abc", "gt: 5", False),
        ("12345678901234567890123456789.123456789", "eq: 12345678901234567890123456789.123456789", True),
        ("12345678901234567890123456788", "lt: 12345678901234567890123456789", True),
        ("-9223372036854775809", "lt: -9223372036854775808", True),
        ("TRUE", "is: true", True),
        ("1", "is: true", False),
        ("2.1", "exact: 2.10", False),
        ("2017-06-30", "before: 2017-06-30", False),
        ("2017-06-29T23:59:59.999999Z", "before: 2017-06-30", True),
        ("2017-06-30 00:30+01:00", "after: 2017-06-30", False),
        ("1498780800000", "on: 2017-06-30", True),
        ("9999-12-31", "on: 9999-12-31", True),
        ("2017-12-31", "within: 1 day", True),
        ("2018-01-01", "within: 1 day", False),
        ("2018-01-01", "ago: [1 day, 0 days]", True),
        ("no date", "after: 2017-06-30", False),
        ("2.9", "version: {lt: '2.10', gte: 2}", True),
        ("2.x", "version: {lt: '2.10'}", False),
        ("Größe", "contains: 'GRÖ'", True),
        ("anything", "contains: ''", True),
    ],
)
def test_operators_on_one_value(value: str, condition: str, holds: bool):
    warehouse = SmallWarehouse(1)
    warehouse.attribute(1, "a", value)
    assert warehouse.members(f"user: {{attribute: a, {condition}}}") == ([1] if holds else [])


def test_a_device_identity_has_several_values_and_a_negative_looks_at_all():
    warehouse = SmallWarehouse(1, 2)
    warehouse.identity(1, "push_token", "abc")
    warehouse.identity(1, "push_token", "xyz")
    warehouse.identity(2, "email", "ana@example.com")
    assert warehouse.members("identity: {type: push_token, starts_with: a}") == [1]
    assert warehouse.members("identity: {type: push_token, starts_with: a, ends_with: z}") == []
    assert warehouse.members("identity: {type: push_token, not_starts_with: a}") == [2]
    assert warehouse.members("identity: {type: email}") == [2]


def test_a_user_outside_the_workspaces_is_in_nothing():
    warehouse = SmallWarehouse(1)
    warehouse.profile(2, "club")
    warehouse.event(2, input="shop/ios")
    assert warehouse.members("event: {name: Play}") == []
    assert warehouse.members("event: {name: Play, count: {eq: 0}}") == [1]
    assert warehouse.members("none: [{event: {name: Pause}}]") == [1]


def test_a_criterion_is_narrowed_to_a_workspace_and_its_negative_to_the_same():
    warehouse = SmallWarehouse(1, 2)
    warehouse.profile(1, "club")
    warehouse.attribute(1, "plan", "free", workspace="club")
    assert warehouse.members("user: {attribute: plan, exact: free, workspace: shop}", workspaces=BOTH) == []
    assert warehouse.members(
        "user: {attribute: plan, not_exact: free, workspace: shop}", workspaces=BOTH
    ) == [1, 2]


def test_a_hidden_profile_hides_what_its_workspace_knows():
    warehouse = SmallWarehouse()
    warehouse.profile(1, "shop", last_seen=AS_OF - timedelta(days=10))
    warehouse.profile(2, "shop", last_seen=AS_OF - timedelta(days=10, microseconds=1))
    warehouse.profile(2, "club", last_seen=AS_OF - timedelta(days=1))
    for user in (1, 2):
        warehouse.attribute(user, "plan", "free")
    warehouse.profile(3, "shop", last_seen=datetime(2017, 1, 1))
    limits = {"workspaces": BOTH, "lifetime": "10 days"}
    assert warehouse.members("user: {attribute: plan, exact: free}", **limits) == [1]
    assert warehouse.members("user: {attribute: plan, not_exact: free}", **limits) == [2]


def test_first_and_last_are_one_value_over_the_workspaces():
    warehouse = SmallWarehouse()
    warehouse.profile(1, "shop", first_seen=datetime(2017, 1, 1), first_active=None)
    warehouse.profile(1, "club", first_seen=datetime(2016, 1, 1), first_active=None)
    assert warehouse.members("first_seen: {before: 2017-01-01}", workspaces=BOTH) == [1]
    assert warehouse.members("first_seen: {before: 2017-01-01, workspace: shop}", workspaces=BOTH) == []
    assert warehouse.members("first_seen: {on: 2017-01-01}") == [1]
    assert warehouse.members("first_active: {before: 2100-01-01}") == []
    assert warehouse.members("last_seen: {within: 1 day}") == [1]


def test_the_newest_consent_decides_and_the_states_split_the_population():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.consent(1, True, datetime(2017, 5, 1))
    warehouse.consent(1, False, datetime(2017, 6, 1), workspace="club")
    warehouse.consent(2, False, datetime(2017, 5, 1))
    warehouse.consent(2, True, datetime(2017, 5, 1), workspace="club", received_at=datetime(2017, 5, 2))
    states = {
        state: warehouse.members(
            f"consent: {{regulation: GDPR, purpose: Marketing, state: {state}}}", workspaces=BOTH
        )
        for state in ("granted", "denied", "not_present")
    }
    assert states == {"granted": [2], "denied": [1], "not_present": [3]}


def test_another_audience_and_its_variants():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.other_member(1, "push")
    warehouse.other_member(2, "Control")
    warehouse.other_member(99)
    assert warehouse.members("audience: {in: others}") == [1, 2]
    assert warehouse.members("audience: {not_in: others}") == [3]
    assert warehouse.members("audience: {in: others, variant: Control}") == [2]
    assert warehouse.members("audience: {not_in: others, variant: push}") == [2, 3]


@pytest.mark.parametrize(
    ("criteria", "members"),
    [
        ("all: [{user: {attribute: a, exact: x}}, {user: {attribute: b, exact: x}}]", [3]),
        ("any: [{user: {attribute: a, exact: x}}, {user: {attribute: b, exact: x}}]", [1, 2, 3]),
        ("none: [{user: {attribute: a, exact: x}}, {user: {attribute: b, exact: x}}]", [4]),
        ("exclude: [{user: {attribute: a, exact: x}}]", [2, 4]),
        ("{user: {attribute: a, exact: x}, exclude: [{user: {attribute: b, exact: x}}]}", [1]),
        ("{user: {attribute: a, exact: x}, none: [{user: {attribute: b, exact: x}}]}", [1]),
        (
            "any: [{user: {attribute: a, exact: x}, exclude: [{user: {attribute: b, exact: x}}]}, {none: [{user: {attribute: a, exact: x}}]}]",
            [1, 2, 4],
        ),
        (
            "none: [{all: [{user: {attribute: a, exact: x}}, {none: [{user: {attribute: b, exact: x}}]}]}]",
            [2, 3, 4],
        ),
        (
            "all: [{any: [{none: [{user: {attribute: a, exact: x}}]}, {user: {attribute: b, exact: x}}]}]",
            [2, 3, 4],
        ),
    ],
)
def test_logic_joins_sets(criteria: str, members: list[int]):
    warehouse = SmallWarehouse(1, 2, 3, 4)
    for user, name in ((1, "a"), (2, "b"), (3, "a"), (3, "b")):
        warehouse.attribute(user, name, "x")
    assert warehouse.members(criteria) == members


def test_mpids_at_the_ends_of_64_bits_are_kept():
    ends = (-(2**63), -1, 0, 2**63 - 1)
    assert SmallWarehouse(*ends).members("event: {name: Play, count: {eq: 0}}") == list(ends)


@pytest.mark.parametrize(
    "value",
    [
        "{{ 1+1 }}",
        "{% raw %}",
        "{# gone #}z",
        "{{{",
        "{{{%",
        "}}",
        "{{ '{{' }}",
        "{",
        "%}",
        "it's",
        "''",
        '"',
        "\\",
        "\\'",
        "*/",
        "/*",
        "--",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "; drop table dim_profiles",
        "%",
        "_",
        "$1",
        "?",
        ":x",
        "é😀\u2028",
        "\ufeff",
        "\t",
    ],
)
def test_no_value_becomes_sql_or_jinja(value: str):
    warehouse = SmallWarehouse(1, 2)
    warehouse.attribute(1, value, value)
    warehouse.attribute(2, value, value + "x")
    warehouse.event(1, value, attributes={value: value})
    quoted = '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    assert warehouse.members(f"user: {{attribute: {quoted}, exact: {quoted}, in: [{quoted}]}}") == [1]
    assert warehouse.members(f"user: {{attribute: {quoted}, not_ends_with: {quoted}}}") == [2]
    assert warehouse.members(f"event: {{name: {quoted}, where: {{{quoted}: {{contains: {quoted}}}}}}}") == [1]
