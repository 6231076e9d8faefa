"""Criteria over the lists and dbt models of a generated world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.world_files import COLUMNS

if TYPE_CHECKING:
    from random import Random

    from tests.support.generated_operators import Operators
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import World


def list_criterion(random: Random, world: World, scope: Scope) -> dict[str, Any]:
    """A list, half of the time of one workspace's users."""
    name = random.choice(sorted(world.lists))
    if random.random() < 0.5:
        return {"list": {"name": name, "workspace": random.choice(scope.workspaces)}}
    return {"list": name}


def model_criterion(random: Random, operators: Operators, scope: Scope) -> dict[str, Any]:
    """A model with or without conditions."""
    name = random.choice(["scores", "scores", "scores", "attributes"])
    if random.random() < 0.1:
        return {"model": name}
    if name == "scores":
        kinds = {column: kind for column, (_, kind) in COLUMNS.items()}
    else:
        kinds = {"workspace": "text", "name": "text", "value": "mixed"}
    rows = [row for _, row in scope.models[name]]
    where: dict[str, Any] = {}
    for column in random.sample(sorted(kinds), random.choice([1, 1, 2, 3])):
        values = [row[column] for row in rows]
        written = column.swapcase() if random.random() < 0.2 else column
        where[written] = operators.for_values(kinds[column], values, lists=False)
    return {"model": {"name": name, "where": where}}
