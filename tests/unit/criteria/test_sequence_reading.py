"""What the reading of sequences refuses, and that the schema agrees (spec §4.5)."""

from __future__ import annotations

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.support.small_warehouse import codes, criterion
from transforms.criteria.kinds.sequence import SEQUENCE, SequenceCriterion
from transforms.criteria.language import (
    criteria_schema,
    named_events,
    narrowed_inputs,
    narrowed_workspaces,
    read_criteria,
)
from transforms.documents.durations import parse_duration
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

A, B = "{event: {name: a}}", "{event: {name: b}}"
LINES = "{ecommerce: {action: purchase}}"


def then(*steps: str, first: str = A) -> str:
    return f"sequence: [{', '.join((first, *steps))}]"


WRONG = [
    ("sequence: {event: {name: a}}", ["CRT-001"]),
    ("sequence: []", ["CRT-003"]),
    (f"sequence: [{A}]", ["CRT-052"]),
    (then("{}"), ["CRT-003"]),
    (then("{evnt: {name: b}}"), ["CRT-002"]),
    (then("{after: {at_most: 1 day}}"), ["CRT-051"]),
    (then("{event: {name: b}, screen_view: {name: c}}"), ["CRT-051"]),
    (then("{event: {name: b}, not: {event: {name: c}}, after: {at_most: 1 day}}"), ["CRT-051"]),
    (then("{user: {attribute: plan, exact: free}}"), ["CRT-002"]),
    (then("{event: {name: b, count: {gte: 2}}}"), ["CRT-056"]),
    (then("{event: {name: b, sum: {attribute: n, gte: 2}, within: 3 days}}"), ["CRT-056", "CRT-056"]),
    (then("{event: {count: {gte: 2}}}"), ["CRT-056"]),
    (then("{event: b}"), ["CRT-001"]),
    (then("{event: {}}"), ["CRT-003"]),
    (then(B, first="{event: {name: a}, after: {at_most: 1 day}}"), ["CRT-054"]),
    (then("{event: {name: b}, after: {}}"), ["CRT-003"]),
    (then("{event: {name: b}, after: 1 day}"), ["CRT-001"]),
    (then("{event: {name: b}, after: {within: 1 day}}"), ["CRT-002"]),
    (then("{event: {name: b}, after: {at_most: 0 days}}"), ["CRT-020"]),
    (then("{event: {name: b}, after: {at_most: soon}}"), ["CRT-020"]),
    (then("{event: {name: b}, after: {at_least: 2 days, at_most: 47 hours}}"), ["CRT-055"]),
    (then(first="{not: {event: {name: a}}, after: {at_most: 1 day}}"), ["CRT-052", "CRT-053", "CRT-054"]),
    (then(f"{{not: {B}, after: {{at_most: 1 day}}}}", A), ["CRT-053"]),
    (then(f"{{not: {B}}}"), ["CRT-054"]),
    (then(f"{{not: {B}, after: {{at_least: 1 day}}}}"), ["CRT-054"]),
    (then(f"{{not: {B}, after: {{at_least: 1 day, at_most: 2 days}}}}"), ["CRT-054"]),
    (then("{not: {event: {name: a}, screen_view: {name: b}}, after: {at_most: 1 day}}"), ["CRT-051"]),
    (then("{not: {event: {name: b, count: {gte: 2}}}, after: {at_most: 1 day}}"), ["CRT-056"]),
    (then("{event: {name: b, where: {k: {same_as: 0}}}}"), ["CRT-059"]),
    (then("{event: {name: b, where: {k: {same_as: one}}}}"), ["CRT-059"]),
    (then("{event: {name: b, where: {k: {same_as: [1]}}}}"), ["CRT-059"]),
    (then("{event: {name: b, where: {k: {same_as: 2}}}}"), ["CRT-059"]),
    (then("{event: {name: b, where: {k: {same_as: 3}}}}", B), ["CRT-059"]),
    (then(B, first="{event: {name: a, where: {k: {same_as: 1}}}}"), ["CRT-059"]),
    (
        then("{not: {event: {name: b, where: {k: {same_as: 2}}}}, after: {at_most: 1 day}}"),
        ["CRT-059"],
    ),
    (then("{ecommerce: {action: purchase, product: {id: {same_as: 1}}}}"), ["CRT-059"]),
    (
        then("{ecommerce: {action: promotion_view, promotion: {id: {same_as: 1}}}}", first=LINES),
        ["CRT-060"],
    ),
    (then("{event: {name: b, platform: {same_as: 1}}}"), ["CRT-060"]),
    (then("{event: {name: b, type: {same_as: 1}}}"), ["CRT-060"]),
    (then("{event: {name: {same_as: 1}}}"), ["CRT-060"]),
    ("event: {name: a, where: {k: {same_as: 1}}}", ["CRT-060"]),
    ("ecommerce: {action: purchase, product: {id: {same_as: 1}}}", ["CRT-060"]),
    (f"{{{then(B)}, within: 3 days, before: 2017-01-01}}", ["CRT-009"]),
    (f"{{{then(B)}, within: soon}}", ["CRT-020"]),
    ("{event: {name: a}, within: 3 days}", ["CRT-050"]),
    ("within: 3 days", ["CRT-050"]),
    (f"{{all: [{{{then(B)}}}], ago: [3 days, 1 day]}}", ["CRT-050"]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_is_refused(text: str, expected: list[str]):
    assert sorted(codes(text)) == expected


@pytest.mark.parametrize(
    ("after", "window", "fits"),
    [
        ("at_least: 3 days", "within: 3 days", False),
        ("at_least: 3 days", "within: 73 hours", True),
        ("at_least: 3 days", "ago: [4 days, 1 day]", True),
        ("at_least: 73 hours", "ago: [4 days, 1 day]", False),
        ("at_most: 1 minute", "ago: [4 days, 4 days]", False),
        ("at_least: 1 day", "on: 2017-12-20", False),
        ("at_least: 23 hours", "on: 2017-12-20", True),
        ("at_least: 2 days", "between_dates: [2017-12-20, 2017-12-21]", False),
        ("at_least: 47 hours", "between_dates: [2017-12-20, 2017-12-21]", True),
        ("at_least: 900 days", "after: 2017-12-20", True),
    ],
)
def test_bounds_that_no_chain_in_the_window_keeps_are_refused(after: str, window: str, fits: bool):
    text = f"{{{then(f'{{event: {{name: b}}, after: {{{after}}}}}')}, {window}}}"
    found = [code for code in codes(text) if code != "CRT-058"]
    assert found == ([] if fits else ["CRT-057"])


@pytest.mark.parametrize(
    ("at_most", "window", "fits"),
    [
        ("3 days", "within: 3 days", False),
        ("3 days", "within: 73 hours", True),
        ("4 days", "ago: [4 days, 1 day]", False),
        ("3 days", "ago: [4 days, 4 days]", True),
        ("30 days", "on: 2017-12-20", True),
    ],
)
def test_the_time_of_not_must_be_over_within_the_window(at_most: str, window: str, fits: bool):
    text = f"{{{then(f'{{not: {B}, after: {{at_most: {at_most}}}}}')}, {window}}}"
    assert codes(text) == ([] if fits else ["CRT-057"])


def test_bounds_of_all_steps_count_together():
    step = "{event: {name: b}, after: {at_least: 1 day}}"
    assert codes(f"{{{then(step, step)}, within: 2 days}}") == ["CRT-057"]
    assert codes(f"{{{then(step, step)}, within: 3 days}}") == []


def test_a_bound_as_long_as_the_window_says_nothing():
    step = "{event: {name: b}, after: {at_most: 7 days}}"
    criterion(f"{{{then(step)}, within: 7 days}}", expected=("CRT-058",))
    criterion(f"{{{then(step)}, within: 8 days}}")


def test_a_hint_says_what_to_do_instead():
    report = Report()
    node = read_yaml(f"{then('{event: {name: b, within: 3 days}}')}\n", "a.yml", report)
    assert node is not None
    assert read_criteria(node, report) is not None
    [problem] = report.problems
    assert "a step has no window of its own" in problem.message
    assert "`after: {at_most: 3 days}`" in problem.hint


def test_what_a_sequence_names_is_found():
    found = criterion("""\
        sequence:
          - event: {name: Play, input: shop/ios}
          - screen_view: {name: Home, workspace: shop}
          - not: {event: {name: Pause, input: shop/web}}
            after: {at_most: 1 day}
        """)
    assert [each.name for each in named_events(found)] == ["Play", "Home", "Pause"]
    assert [each.name for each in narrowed_inputs(found)] == ["shop/ios", "shop/web"]
    assert [each.name for each in narrowed_workspaces(found)] == ["shop"]


def test_what_it_needs_of_the_lookback():
    def needs(text: str, lookback: str) -> bool:
        found = criterion(text)
        assert isinstance(found, SequenceCriterion)
        assert found.looks_back
        length = parse_duration(lookback)
        assert length is not None
        return found.reaches_past(length)

    assert criterion(then(B)).relies_on_lookback  # type: ignore[union-attr]
    assert not needs(then(B), "1 day")
    assert needs(f"{{{then(B)}, within: 31 days}}", "30 days")
    assert needs(then("{event: {name: b}, after: {at_least: 30 days}}"), "30 days")
    assert needs(then(f"{{not: {B}, after: {{at_most: 30 days}}}}"), "30 days")
    assert not needs(then("{event: {name: b}, after: {at_least: 29 days}}"), "30 days")


def _is_valid(text: str) -> bool:
    schema = criteria_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(YAML(typ="safe", pure=True).load(text))


@pytest.mark.parametrize(
    "text",
    [
        *SEQUENCE.examples,
        then(B),
        then("{event: {name: b}, after: {at_least: 0 minutes}}"),
        f"{{{then(B)}, within: 3 days, event: {{name: a}}, exclude: [{{{then(B)}}}]}}",
        then("{ecommerce: {action: purchase, product: {id: {same_as: 1, not_exact: x}}}}", first=LINES),
    ],
)
def test_the_schema_takes_what_is_right(text: str):
    assert _is_valid(text)
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "sequence: []",
        f"sequence: [{A}]",
        "within: 3 days",
        "{event: {name: a}, within: 3 days}",
        f"{{{then(B)}, within: 3 days, ago: [3 days, 1 day]}}",
        then(f"{{not: {B}}}"),
        then("{after: {at_most: 1 day}}"),
        then("{event: {name: b}, screen_view: {name: c}}"),
        then("{event: {name: b, count: {gte: 2}}}"),
        then("{event: {name: b}, after: {at_most: 0 days}}"),
        then(B, first="{event: {name: a}, after: {at_most: 1 day}}"),
        then("{event: {name: b, where: {k: {same_as: 0}}}}"),
        then("{event: {name: b, platform: {same_as: 1}}}"),
        "event: {name: a, where: {k: {same_as: 1}}}",
    ],
)
def test_the_schema_refuses_what_is_wrong(text: str):
    assert not _is_valid(text)
    assert codes(text)
