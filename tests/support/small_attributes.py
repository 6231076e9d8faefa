"""Calculated attributes over the small warehouse: what their models give is run, not read."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from tests.support.small_warehouse import AS_OF, SmallWarehouse, render
from tests.unit.compiler.builders import project
from transforms.compiler.attributes import attribute_query, attribute_scope
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.definitions.attributes import read_attribute
from transforms.definitions.records import CalculatedAttribute
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

if TYPE_CHECKING:
    from datetime import datetime

    from sqlglot import exp

Value = str | list[str] | None


def attribute(
    text: str, attribute_id: str = "it", inputs: tuple[str, ...] = ("shop/ios", "shop/web")
) -> CalculatedAttribute:
    """The attribute that YAML text writes, without its id."""
    report = Report()
    node = read_yaml(f"attribute: {attribute_id}\n{dedent(text)}", f"attributes/{attribute_id}.yml", report)
    assert node is not None
    written = read_attribute(node, report)
    assert not report.problems, report.problems
    assert written is not None
    assert written.calculation is not None
    return CalculatedAttribute(
        id=attribute_id,
        name=attribute_id,
        tags=(),
        owner=None,
        workspaces=tuple(dict.fromkeys(name.partition("/")[0] for name in inputs)),
        inputs=inputs,
        calculation=written.calculation,
        place=node.place,
    )


def calculate(
    warehouse: SmallWarehouse, found: CalculatedAttribute, as_of: datetime = AS_OF, **settings: object
) -> dict[int, Value]:
    """Make the model and give each user's value or elements: the same by events and by rollups of days."""
    own = project(**settings)
    rollups = found.calculation.rollups(attribute_scope(found, own, has_rollups=True))
    warehouse.make_rollups(rollups, as_of)
    by_events, by_days = (
        _values(warehouse, attribute_query(found, own, has_rollups=has_rollups), found.id, as_of)
        for has_rollups in (False, True)
    )
    assert by_events == by_days
    return by_days


def _values(
    warehouse: SmallWarehouse, query: exp.Select, attribute_id: str, as_of: datetime
) -> dict[int, Value]:
    sql = render(model_text(query, DUCKDB), as_of)
    warehouse.connection.execute(f"create or replace table int_calculated_{attribute_id} as {sql}")
    rows = warehouse.connection.execute(
        f"select mpid, value, elements from int_calculated_{attribute_id} order by mpid"
    ).fetchall()
    values = {mpid: value if elements is None else elements for mpid, value, elements in rows}
    assert len(values) == len(rows)
    return values


def values(warehouse: SmallWarehouse, text: str, **options: object) -> dict[int, Value]:
    """The values of the attribute that YAML text writes."""
    return calculate(warehouse, attribute(text), **options)  # pyright: ignore[reportArgumentType]
