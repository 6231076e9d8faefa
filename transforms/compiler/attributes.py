"""A calculated attribute's definition as one query: the tables of its function, then one row a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.compiler.comments import commented
from transforms.compiler.names import Names
from transforms.compiler.own_tables import take_own_tables
from transforms.criteria import expressions as sql
from transforms.criteria.scope import Scope

if TYPE_CHECKING:
    from sqlglot import exp

    from transforms.definitions.records import CalculatedAttribute, Project


def attribute_model(attribute_id: str) -> str:
    """The name of the model of a calculated attribute."""
    return f"int_calculated_{attribute_id}"


def attribute_scope(attribute: CalculatedAttribute, project: Project, *, has_rollups: bool = False) -> Scope:
    """What a calculated attribute sees; `has_rollups` where the models of events by day are there."""
    return Scope(
        workspaces=attribute.workspaces,
        inputs=attribute.inputs,
        lookback=None,
        profile_lifetime=None,
        hidden_events=tuple(name for name, tier in project.event_tiers if tier != "personalize"),
        has_rollups=has_rollups,
    )


def attribute_query(
    attribute: CalculatedAttribute, project: Project, *, has_rollups: bool = False
) -> exp.Select:
    """One row a user who has a value: `mpid`, `value`, `elements`, `total` (spec §4.6).

    Events are those of the attribute's inputs before as_of, whatever an audience's lookback or lifetime; those of
    kinds that see all inputs are of its workspaces, as in criteria.
    """
    calculation = attribute.calculation
    scope = attribute_scope(attribute, project, has_rollups=has_rollups)
    name = Names().name(calculation.words())
    tables = calculation.tables(scope, name)
    commented(tables[0][1], calculation.lines())
    query = calculation.result(name)
    for table, rows in tables:
        for alias, own in take_own_tables(table, rows):
            query = query.with_(alias, as_=commented(own, sql.description(own)), copy=False)
        query = query.with_(table, as_=rows, copy=False)
    return query
