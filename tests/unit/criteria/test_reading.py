"""What the reading of criteria refuses, and what it says (spec §4)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.support.small_warehouse import codes, criterion
from transforms.criteria.events.event_criterion import EventCriterion
from transforms.criteria.kinds.user import UserCriterion
from transforms.criteria.language import (
    criteria_schema,
    named_events,
    narrowed_inputs,
    narrowed_workspaces,
    read_criteria,
    referenced_audiences,
)
from transforms.criteria.logic import AllOf, NoneOf
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

WRONG = [
    ("{}", ["CRT-003"]),
    ("[]", ["CRT-001"]),
    ("all: []", ["CRT-003"]),
    ("all: {event: {name: Play}}", ["CRT-001"]),
    ("all: [{}]", ["CRT-003"]),
    ("evnt: {name: Play}", ["CRT-002"]),
    ("event: {}", ["CRT-003"]),
    ("event: Play", ["CRT-001"]),
    ("event: {nam: Play}", ["CRT-002"]),
    ("event: {name: Play, product: {id: x}}", ["CRT-002"]),
    ("event: {name: ''}", ["CRT-006"]),
    ("event: {name: }", ["CRT-006"]),
    ("event: {name: {gte: 5}}", ["CRT-005"]),
    ("install: {}", ["CRT-003"]),
    ("install: {name: Play}", ["CRT-002"]),
    ("crash: {length: {gt: 1 minute}}", ["CRT-002"]),
    ("session: {length: 5 minutes}", ["CRT-001"]),
    ("session: {length: {}}", ["CRT-003"]),
    ("session: {length: {gt: 5}}", ["CRT-020"]),
    ("session: {length: {within: 5 minutes}}", ["CRT-005"]),
    ("session: {length: {between: [5 minutes, 1 minute]}}", ["CRT-007"]),
    ("attribution_event: {type: attribution}", ["CRT-002"]),
    ("cart_abandonment: {}", ["CRT-003"]),
    ("cart_abandonment: {follow_up: purchase}", ["CRT-004"]),
    ("cart_abandonment: {wait: 0 minutes}", ["CRT-020"]),
    ("cart_abandonment: {wait: 1 day, within: 7 days}", ["CRT-002"]),
    ("cart_abandonment: {wait: 1 day, follow_up: impression}", ["CRT-006"]),
    ("cart_abandonment: {wait: 1 day, follow_up: add_to_cart}", ["CRT-006"]),
    ("cart_abandonment: {wait: 1 day, input: web}", ["CRT-006"]),
    ("cart_abandonment: {wait: 1 day, promotion: {id: p1}}", ["CRT-002"]),
    ("event: {name: Play, where: {}}", ["CRT-003"]),
    ("event: {name: Play, where: {a: {}}}", ["CRT-003"]),
    ("event: {name: Play, where: {a: [x, y]}}", ["CRT-006"]),
    ("event: {name: Play, count: 3}", ["CRT-001"]),
    ("event: {name: Play, count: {gte: -1}}", ["CRT-010"]),
    ("event: {name: Play, count: {gte: 1.5}}", ["CRT-010"]),
    ("event: {name: Play, count: {exact: 3}}", ["CRT-005"]),
    ("event: {name: Play, count: {gte: 1}, sum: {attribute: a, gte: 1}}", ["CRT-013"]),
    ("event: {name: Play, sum: {gte: 1}}", ["CRT-004"]),
    ("event: {name: Play, sum: {attribute: a}}", ["CRT-004"]),
    ("event: {name: Play, sum: {product: a, gte: 1}}", ["CRT-004"]),
    ("event: {name: Play, within: 7 days, before: 2017-01-01}", ["CRT-009"]),
    ("event: {name: Play, within: 7}", ["CRT-020"]),
    ("event: {name: Play, within: 0 days}", ["CRT-020"]),
    ("event: {name: Play, within: 999999 days}", ["CRT-020"]),
    ("event: {name: Play, ago: [4 days, 6 days]}", ["CRT-007"]),
    ("event: {name: Play, ago: [6 days]}", ["CRT-006"]),
    ("event: {name: Play, on: 2017-02-30}", ["CRT-011"]),
    ("event: {name: Play, on: 2017-02-03T00:00}", ["CRT-011"]),
    ("event: {name: Play, on: 0000-01-01}", ["CRT-011"]),
    ("event: {name: Play, between_dates: [2017-02-03, 2017-02-01]}", ["CRT-007"]),
    ("event: {name: Play, input: ios}", ["CRT-006"]),
    ("ecommerce: {action: purchas}", ["CRT-006"]),
    ("user: {attribute: plan}", ["CRT-004"]),
    ("user: {exact: free}", ["CRT-004"]),
    ("user: {attribute: plan, exactly: free}", ["CRT-002"]),
    ("user: {attribute: plan, in: []}", ["CRT-003"]),
    ("user: {attribute: plan, in: free}", ["CRT-001"]),
    ("user: {attribute: plan, in: [a, [b]]}", ["CRT-006"]),
    (r"user: {attribute: plan, pattern: 'a\'}", ["CRT-008"]),
    ("user: {attribute: age, gt: old}", ["CRT-006"]),
    ("user: {attribute: age, gt: 0x10}", ["CRT-006"]),
    ("user: {attribute: age, gt: 1e29}", ["CRT-012"]),
    ("user: {attribute: age, gt: 0.0000000001}", ["CRT-012"]),
    ("user: {attribute: age, between: [5, 1]}", ["CRT-007"]),
    ("user: {attribute: age, is: yes}", ["CRT-006"]),
    ("user: {attribute: age, exists: 1}", ["CRT-006"]),
    ("user: {attribute: v, version: 2.10}", ["CRT-001"]),
    ("user: {attribute: v, version: {gte: v2}}", ["CRT-006"]),
    ('user: {attribute: "a\\0b", exact: x}', ["CRT-006"]),
    ('user: {attribute: a, exact: "\\ud800"}', ["CRT-006"]),
    ("identity: {type: mail}", ["CRT-006"]),
    ("identity: {exact: x}", ["CRT-004"]),
    ("first_seen: {exact: 2017-01-01}", ["CRT-002"]),
    ("first_seen: {workspace: shop}", ["CRT-004"]),
    ("consent: {regulation: gdpr, purpose: marketing, state: yes}", ["CRT-006"]),
    ("consent: {regulation: gdpr, state: granted}", ["CRT-004"]),
    ("audience: {in: a, not_in: b}", ["CRT-004"]),
    ("audience: {variant: push}", ["CRT-004"]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_is_refused(text: str, expected: list[str]):
    assert codes(text) == expected


def test_ends_of_one_length_in_other_words_are_the_right_way_round():
    found = criterion("event: {name: Play, ago: [2 months, 60 days]}")
    assert isinstance(found, EventCriterion)


def test_all_problems_are_reported_at_once_with_their_lines():
    report = Report()
    node = read_yaml(
        "all:\n  - event: {nam: Play}\n  - user: {attribute: a, exat: b}\nexclude: []\n", "a.yml", report
    )
    assert node is not None
    read_criteria(node, report)
    assert [(problem.code, problem.place.line) for problem in report.problems if problem.place] == [
        ("CRT-002", 2),
        ("CRT-002", 3),
        ("CRT-003", 4),
    ]
    assert report.problems[0].hint == "did you mean `name`?"
    assert report.problems[1].hint == "did you mean `exact`?"


def test_no_value_stands_in_a_message():
    report = Report()
    node = read_yaml(
        "identity: {type: email, gt: ana@example.com, pattern: 'ana@example.com\\'}", "a.yml", report
    )
    assert node is not None
    read_criteria(node, report)
    assert len(report.problems) == 2
    assert not any("ana" in str(problem) for problem in report.problems)


def test_a_scalar_keeps_how_it_is_written():
    found = criterion("user: {attribute: v, exact: 2.10}")
    assert isinstance(found, UserCriterion)
    assert found.comparisons[0].operand == "2.10"
    country = criterion("user: {attribute: country, exact: NO}")
    assert isinstance(country, UserCriterion)
    assert country.comparisons[0].operand == "NO"


def test_the_count_is_at_least_1_unless_written():
    found = criterion("event: {name: Play}")
    assert isinstance(found, EventCriterion)
    assert found.amount.is_any
    assert found.amount.comparisons[0].operand == Decimal(1)


def test_keys_beside_one_another_are_joined_and_exclude_alone_takes_from_everyone():
    joined = criterion("{user: {attribute: a, exact: x}, event: {name: Play}}")
    assert isinstance(joined, AllOf)
    alone = criterion("exclude: [{event: {name: Play}}]")
    assert isinstance(alone, NoneOf)


def test_ccpa_is_explained():
    criterion("consent: {regulation: CCPA, state: granted}", expected=("CRT-014",))


def test_what_a_criterion_names_is_found_wherever_it_stands():
    found = criterion("""\
        any:
          - all:
              - audience: {in: buyers, variant: push}
              - event: {name: Play, input: shop/ios}
          - none:
              - screen_view: {name: Home, workspace: shop}
              - ecommerce: {action: purchase}
        exclude:
          - audience: {not_in: others}
        """)
    assert [(each.audience, each.variant) for each in referenced_audiences(found)] == [
        ("buyers", "push"),
        ("others", None),
    ]
    assert [each.name for each in named_events(found)] == ["Play", "Home"]
    assert [each.name for each in narrowed_inputs(found)] == ["shop/ios"]
    assert [each.name for each in narrowed_workspaces(found)] == ["shop"]


@pytest.mark.parametrize(
    "text",
    [
        "event: {name: Play, type: media, where: {genre: drama, seconds: {gte: 60}}, count: {gte: 3}, within: 7 days}",
        "event: {name: {starts_with: Pl}, ago: [6 days, 0 days], app_version: {version: {gte: '2.10'}}}",
        "ecommerce: {action: purchase, product: {id: x}, promotion: {id: {exists: true}}, sum: {product: quantity, gte: 5}}",
        "{all: [{user: {attribute: a, in: [x, 1]}}], exclude: [{identity: {type: email}}]}",
        "{first_seen: {between_dates: [2017-01-01, 2017-01-02]}, consent: {regulation: gdpr, purpose: x, state: denied}}",
        "none: [{audience: {not_in: a, variant: b}}]",
    ],
)
def test_the_schema_takes_what_is_right(text: str):
    _validator().validate(_plain(text))
    criterion(text)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "all: []",
        "evnt: {name: Play}",
        "event: {name: Play, within: 7 days, before: 2017-01-01}",
        "event: {name: Play, count: {gte: 1}, sum: {attribute: a, gte: 1}}",
        "event: {name: Play, within: 7}",
        "user: {attribute: plan}",
        "user: {attribute: plan, in: []}",
        "audience: {in: a, not_in: b}",
        "identity: {type: mail}",
    ],
)
def test_the_schema_refuses_what_is_wrong(text: str):
    assert not _validator().is_valid(_plain(text))
    assert codes(text)


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = criteria_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def _plain(text: str) -> object:
    """The values as an editor that knows YAML 1.2 gives them to a schema: dates are text."""
    reader = YAML(typ="safe", pure=True)
    return _dates_as_text(reader.load(text))


def _dates_as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
