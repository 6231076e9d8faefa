"""What is imported gives the users that the definition means: two answers over generated worlds, and YAML by hand."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.generated_schemas import Schemas
from tests.support.oracle.audiences import Oracle
from tests.support.oracle.criteria import evaluate
from tests.support.schema_meaning import members
from tests.support.worlds import make_scene
from transforms.importing.audience import Source, import_audiences


def _plain(value: Any) -> Any:
    """As the oracle reads definitions: dates are text."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value


def criteria_of(yaml: str) -> dict[str, Any]:
    return _plain(YAML(typ="safe", pure=True).load(yaml))["criteria"]


def differences(seed: int, number: int) -> tuple[list[str], int]:
    """Definitions that give other users by their own meaning than by the YAML, and how many gave some but not all."""
    scene = make_scene(seed)
    oracle = Oracle(scene.world, [], [], scene.as_of)
    scope = oracle.scope({"workspaces": ["shop"]})
    schemas = Schemas(Random(f"schemas {seed}"), scene.as_of.date())
    wrong: list[str] = []
    telling = 0
    for _ in range(number):
        text = schemas.document()
        (found,) = import_audiences([Source("generated.json", text)])
        if found.not_translated:
            # What no event can satisfy (an empty range, two of one operator) is left out, never written wrong.
            continue
        assert found.yaml is not None
        expected = members(json.loads(text)["audience"], scope)
        telling += 0 < len(expected) < len(scope.population())
        if evaluate(criteria_of(found.yaml), scope) != expected:
            wrong.append(text + "\n" + found.yaml)
    return wrong, telling


@pytest.mark.parametrize("seed", range(6))
def test_imported_definitions_mean_what_they_meant(seed: int) -> None:
    wrong, telling = differences(seed, 60)
    assert wrong == []
    assert telling >= 10


def _user(operator: str, path: str, right: Any) -> dict[str, Any]:
    return {"operator": operator, "left": {"model": "user", "path": path}, "right": right}


def _played(operator: str, bound: int, *conditions: dict[str, Any]) -> dict[str, Any]:
    named = (("event_type", "custom_event"), ("event_name", "Play"))
    of_name = [
        {"operator": "equals", "left": {"model": "events", "path": path}, "right": value}
        for path, value in named
    ]
    left = {
        "operator": "count",
        "group_by_model": "user",
        "operand": {"model": "events", "path": "timestamp"},
        "condition": {"operator": "and", "expressions": [*of_name, *conditions]},
    }
    return {"operator": operator, "left": left, "right": bound}


_RECENT = {
    "operator": "greater_than_equal",
    "left": {"model": "events", "path": "timestamp"},
    "right": {"date": {"relative": {"offset": -7, "unit": "day"}}},
}
BY_HAND = {
    "not bought, and a value that is not it": (
        [_played("equals", 0, _RECENT), _user("not_equals", "plan", "drama")],
        {
            "none": [{"event": {"name": "Play", "within": "7 days"}}],
            "all": [
                {"user": {"attribute": "plan", "exists": True}},
                {"none": [{"user": {"attribute": "plan", "exact": "drama"}}]},
            ],
        },
    ),
    "a range": (
        [_user("greater_than_equal", "visits", 3), _user("less_than", "visits", 61)],
        {"user": {"attribute": "visits", "gte": 3, "lt": 61}},
    ),
    "a day": (
        [_played("greater_than", 0, {**_RECENT, "operator": "less_than_equal"})],
        {"event": {"name": "Play", "ago": ["60 days", "7 days"]}},
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("seed", range(3))
def test_imported_yaml_and_yaml_by_hand_give_the_same_users(name: str, seed: int) -> None:
    expressions, by_hand = BY_HAND[name]
    scene = make_scene(seed)
    scope = Oracle(scene.world, [], [], scene.as_of).scope({"workspaces": ["shop"], "lookback": "60 days"})
    document = {"schema_version": "1.0.0", "audience": {"operator": "and", "expressions": expressions}}
    (found,) = import_audiences([Source("by_hand.json", json.dumps(document))])
    assert found.yaml is not None
    assert evaluate(criteria_of(found.yaml), scope) == evaluate(by_hand, scope)
