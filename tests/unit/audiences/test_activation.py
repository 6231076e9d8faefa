from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.definitions import audience, connection, definitions
from tests.support.project_folder import load
from transforms.audiences import activation
from transforms.audiences.activation import (
    active_audiences,
    attributes_to_calculate,
    state_of,
    to_calculate,
)

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import Definitions


@pytest.fixture
def journey() -> Definitions:
    """root ▸ (first, second, rest), first ▸ leaf; and two audiences outside."""
    root = audience("j__root")
    first = audience("j__first", parent="j__root", siblings=("j__second", "j__rest"))
    leaf = audience("j__leaf", parent="j__first")
    second = audience(
        "j__second", parent="j__root", earlier_siblings=("j__first",), siblings=("j__first", "j__rest")
    )
    rest = audience(
        "j__rest",
        parent="j__root",
        earlier_siblings=("j__first", "j__second"),
        siblings=("j__first", "j__second"),
        is_remaining=True,
    )
    return definitions(root, first, leaf, second, rest, audience("alone"), audience("other"))


def connected(project: Definitions, *audiences: str, active: bool = True) -> Definitions:
    return definitions(*project.audiences, connections=(connection("c", *audiences, active=active),))


def test_nothing_is_calculated_without_an_active_connection(journey: Definitions) -> None:
    assert to_calculate(journey) == ()
    assert to_calculate(connected(journey, "alone", active=False)) == ()


def test_a_variant_makes_its_audience_active(journey: Definitions) -> None:
    project = definitions(*journey.audiences, connections=(connection("c", "alone", variant="push"),))
    assert active_audiences(project) == ("alone",)
    assert to_calculate(project) == ("alone",)


def test_parents_and_earlier_siblings_come_first(journey: Definitions) -> None:
    assert to_calculate(connected(journey, "j__second")) == ("j__root", "j__first", "j__second")
    assert to_calculate(connected(journey, "j__leaf")) == ("j__root", "j__first", "j__leaf")
    assert active_audiences(connected(journey, "j__second")) == ("j__second",)


def test_a_remaining_milestone_needs_all_its_siblings(journey: Definitions) -> None:
    assert to_calculate(connected(journey, "j__rest")) == ("j__root", "j__first", "j__second", "j__rest")


def test_everything_is_each_audience_once(journey: Definitions) -> None:
    order = to_calculate(journey, everything=True)
    assert sorted(order) == sorted(audience.id for audience in journey.audiences)


def test_only_active_audiences_count_toward_the_limit(journey: Definitions) -> None:
    counted = activation.active_count(connected(journey, "j__rest", "alone"))
    assert (counted.active, counted.available) == (2, counted.limit - 2)
    assert activation.active_count(connected(journey, "alone", active=False)).active == 0
    assert activation.ActiveCount(active=3, limit=2).available == 0


def test_a_long_chain_of_parents_is_calculated_from_its_root() -> None:
    chain = [
        audience(f"j__m{number}", parent=f"j__m{number - 1}" if number else None) for number in range(3000)
    ]
    project = definitions(*reversed(chain), connections=(connection("c", "j__m2999"),))
    assert to_calculate(project) == tuple(link.id for link in chain)


def test_the_first_state_that_applies(journey: Definitions) -> None:
    active = connected(journey, "alone")
    alone, other = active.audience("alone"), active.audience("other")
    assert state_of(active, audience("alone", status="draft"), calculated={"alone"}) == "draft"
    assert state_of(active, alone, faulted={"alone"}, calculated={"alone"}) == "faulted"
    assert state_of(active, alone, calculating={"alone"}) == "active"
    assert state_of(active, other, calculating={"other"}, calculated={"other"}) == "calculating"
    assert state_of(active, other, calculated={"other"}) == "calculated"
    assert state_of(active, other) == "estimated"


def test_connections_are_found_for_the_audience_they_name(journey: Definitions) -> None:
    project = connected(journey, "alone", "other", active=False)
    assert [found.id for found in activation.connections_of(project, "other")] == ["c"]
    assert activation.connections_of(project, "j__root") == ()


def test_audiences_that_criteria_name_are_calculated_too(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        {
            "audiences/a.yml": """\
                audience: a
                criteria: {all: [{audience: {in: b}}], exclude: [{audience: {in: j__m, variant: push}}]}
                """,
            "audiences/b.yml": "audience: b\ncriteria: {audience: {not_in: c}}\n",
            "audiences/c.yml": "audience: c\ncriteria: {event: {name: Play}}\n",
            "audiences/d.yml": "audience: d\ncriteria: {event: {name: Play}}\n",
            "journeys/j.yml": """\
                journey: j
                milestones:
                  - milestone: m
                    criteria: {event: {name: Play}}
                    ab_test: {name: t, variants: {push: 50}}
                """,
            "connections/meta.yml": """\
                outputs: {meta: {partner: meta_csv}}
                connections: [{connection: c1, audience: a, output: meta, status: active}]
                """,
        },
    )
    assert to_calculate(project) == ("c", "b", "j__m", "a")
    assert active_audiences(project) == ("a",)


def test_a_run_calculates_the_attributes_that_its_audiences_name(tmp_path: Path) -> None:
    plays = "function: count\nof: {event: {name: Play}}\n"
    named = (
        "{any: [{none: [{calculated: {attribute: NAME, gte: 3}}]}, {calculated: {attribute: NAME, lt: 1}}]}"
    )
    project = load(
        tmp_path,
        {
            **{f"attributes/{name}.yml": f"attribute: {name}\n{plays}" for name in ("one", "two", "three")},
            "audiences/a.yml": f"audience: a\ncriteria: {named.replace('NAME', 'two')}\n",
            "audiences/b.yml": f"audience: b\ncriteria: {named.replace('NAME', 'one')}\n",
        },
    )
    assert attributes_to_calculate(project, ("a", "b")) == ("one", "two")
    assert attributes_to_calculate(project, ("a",)) == ("two",)
    assert attributes_to_calculate(project, ()) == ()
    assert attributes_to_calculate(project, (), everything=True) == ("one", "three", "two")


@pytest.mark.parametrize(("status", "calculated"), [("active", ("one",)), ("inactive", ())])
def test_a_run_calculates_the_attributes_that_active_connections_send(
    status: str, calculated: tuple[str, ...], tmp_path: Path
) -> None:
    connected = f"""\
        outputs: {{crm: {{partner: json_lines}}}}
        connections:
          - {{connection: c, audience: a, output: crm, status: {status}, user_attributes: [One, plan]}}
        """
    project = load(
        tmp_path,
        {
            "attributes/one.yml": "attribute: one\nfunction: count\nof: {event: {name: Play}}\n",
            "audiences/a.yml": "audience: a\ncriteria: {event: {name: Play}}\n",
            "audiences/b.yml": "audience: b\ncriteria: {event: {name: Play}}\n",
            "connections/c.yml": connected,
        },
    )
    assert attributes_to_calculate(project, ("a", "b")) == calculated
    assert attributes_to_calculate(project, ("b",)) == ()
