"""What rules say holds for nobody holds for nobody in generated worlds: by the oracle, not by the rules' reasoning."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.generated_audiences import make_project
from tests.support.generated_operators import Operators
from tests.support.oracle.conditions import MISSING, conditions, one_holds
from tests.support.project_files import document, write_project
from tests.support.world_values import ODD_NUMBERS, TEXTS, USER_ATTRIBUTES, VERSIONS
from tests.support.worlds import make_scene
from transforms.criteria.compared import ComparedValue
from transforms.criteria.comparisons import read_comparisons
from transforms.criteria.possible import impossible
from transforms.definitions.load import check_definitions
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.oracle.conditions import Missing
    from tests.support.oracle.records import Value

#: Keys of a device, a location or an attribution that are no field.
_NO_FIELDS = ("on", "within", "workspace")
#: Rules that say of criteria that hold together that nobody has them all.
_FOR_NOBODY = {"DEF-091", "DEF-093", "DEF-094"}


def _read(operators: dict[str, Any]) -> Any:
    report = Report()
    node = read_yaml(document(operators), "drawn", report)
    assert node is not None
    found = read_comparisons(node, "it", report)
    assert not report.errors
    return found


def _operands(operand: Any) -> Iterator[str]:
    if isinstance(operand, list):
        for item in operand:
            yield from _operands(item)
    elif isinstance(operand, dict):
        for item in operand.values():
            yield from _operands(item)
    else:
        yield str(operand).lower() if isinstance(operand, bool) else str(operand)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("may_be_list", [True, False])
def test_no_value_meets_comparisons_that_exclude_each_other(seed: int, may_be_list: bool) -> None:
    scene = make_scene(seed)
    random = Random(f"ranges {seed}")
    operators = Operators(random, scene.as_of)
    world: list[Value] = [
        *TEXTS,
        *ODD_NUMBERS,
        *VERSIONS,
        "true",
        "False",
        "60",
        "2018-01-01",
        "1514764800000",
    ]
    said = 0
    for _ in range(700):
        kind = random.choice(["text", "number", "date", "version", "list", "boolean"])
        drawn: dict[str, Any] = {}
        for _ in range(random.choice([1, 2, 3])):
            near = [*_operands(list(drawn.values()))] if random.random() < 0.7 and drawn else []
            drawn |= operators.for_values(kind, [text for text in near if text] or world)
        if not impossible(ComparedValue("user" if may_be_list else "event", "it", _read(drawn), Place("a"))):
            continue
        said += 1
        texts = list(_operands(list(drawn.values())))
        values: list[Value | Missing] = [MISSING, None, *world, *texts, *(text.upper() for text in texts)]
        values += [first + second for first in texts for second in texts]
        if may_be_list:
            values += [(), tuple(texts), *((text, None) for text in texts)]
        for value in values:
            met = one_holds(conditions("it", drawn), lambda _, value=value: value, scene.as_of)
            assert not met, (drawn, value)
    assert said > 20


def _leaves(criteria: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "sequence" in criteria:
        # Its window stands beside it.
        yield criteria
        return
    for key, value in criteria.items():
        if key in ("all", "any", "none", "exclude"):
            for item in value:
                yield from _leaves(item)
        else:
            yield {key: value}


def _also(random: Random, leaf: dict[str, Any], operators: Operators) -> dict[str, Any]:
    """A criterion about what `leaf` is about, with other operators."""
    (kind, body), *_ = leaf.items()
    amounts = ("count", "sum", "average", "min", "max", "distinct")
    if kind in ("event", "screen_view", "ecommerce"):
        kept = {key: value for key, value in body.items() if key not in amounts}
        return {kind: {**kept, "count": {random.choice(["eq", "lt", "gte", "ne"]): random.randrange(4)}}}
    if kind == "user":
        values = [text for text in _operands(list(body.values())) if text]
        of_kind = random.choice(list(USER_ATTRIBUTES.values()))
        return {kind: {"attribute": body["attribute"], **operators.for_values(of_kind, values)}}
    if kind in ("first_seen", "last_seen", "first_active", "last_active"):
        return {kind: operators.window([])}
    if kind == "consent":
        return {kind: {**body, "state": random.choice(["granted", "denied", "not_present"])}}
    if kind in ("device", "location", "attribution"):
        field, written = random.choice(
            [each for each in body.items() if each[0] not in _NO_FIELDS] or [("", {})]
        )
        values = [text for text in _operands([written]) if text]
        kept = {key: value for key, value in body.items() if key == "on" or random.random() < 0.3}
        return {kind: {**kept, field: operators.text([*values, "FR", "iOS"])}} if field else leaf
    if kind == "calculated":
        values = [text for text in _operands(list(body.values())) if text]
        return {kind: {"attribute": body["attribute"], **operators.number(values)}}
    return leaf


@pytest.mark.parametrize("seed", range(4))
def test_criteria_that_exclude_each_other_have_no_members(seed: int, tmp_path: Path) -> None:
    project = make_project(seed, 25)
    random = Random(f"conjunctions {seed}")
    operators = Operators(random, project.scene.as_of)
    drawn = [leaf for audience in project.audiences for leaf in _leaves(audience["criteria"])]
    tried: list[dict[str, Any]] = []
    for leaf in drawn:
        other = leaf if random.random() < 0.2 else _also(random, leaf, operators)
        for number, criteria in enumerate(
            ({"all": [leaf, other]}, {"all": [leaf], "exclude": [other]}, {"all": [leaf, {"none": [other]}]})
        ):
            tried.append(
                {"audience": f"try_{len(tried)}_{number}", "workspaces": ["shop"], "criteria": criteria}
            )
    project.audiences.extend(tried)
    write_project(tmp_path, project.scene.world, project.audiences, project.journeys)
    told = {
        match[1]
        for problem in check_definitions(tmp_path).problems
        if problem.code in _FOR_NOBODY
        and problem.place
        and (match := re.search(r"audiences/(try_\w+)\.yml", problem.place.file))
    }
    assert len(told) > 10
    oracle = project.oracle()
    assert {name: oracle.members(name) for name in told if oracle.members(name)} == {}
