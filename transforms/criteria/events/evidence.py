"""The events behind a verdict: when, what, and every field that the criterion names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.events.amounts import Field
    from transforms.criteria.events.fields import FieldCondition
    from transforms.criteria.events.selection import EventCondition, EventSelection

#: The key under which YAML writes a column that is not the name of a field.
_WRITTEN = {"custom_type": "type"}
#: Columns that every event has; an attribute of such a name is told as `attribute.time`.
_TAKEN = ("mpid", "time")


def event_columns(selection: EventSelection, field: Field | None = None) -> tuple[exp.Expr, ...]:
    """`time`, the event's name under its key, and each field that the conditions or `field` name, once.

    Fields of lines are `product.price` and `promotion.id`. Where a row is an event they are those of all its lines
    that match, joined by commas; where `field` is one of product lines a row is a line.
    """
    rows_are_lines = field is not None and field.is_of_product
    named: dict[str, exp.Expr] = {}
    for label, value in (
        (selection.name_key, exp.column("event_name")),
        *_of_event(selection.event),
        *_of_lines("product", "products", selection.product, rows_are_lines),
        *_of_lines("promotion", "promotions", selection.promotion, False),
        *_aggregated(field),
    ):
        taken = {*_TAKEN, *(name.lower() for name in named if named[name] != value)}
        named[f"attribute.{label}" if label.lower() in taken else label] = value
    columns = (exp.alias_(value, label, quoted=True) for label, value in named.items())
    return (exp.alias_(exp.column("event_at"), "time", quoted=True), *columns)


def _of_event(conditions: Iterable[EventCondition]) -> Iterator[tuple[str, exp.Expr]]:
    for condition in conditions:
        name, value = condition.compared()
        yield _WRITTEN.get(name, name), value


def _of_lines(
    name: str, column: str, conditions: tuple[FieldCondition, ...], rows_are_lines: bool
) -> Iterator[tuple[str, exp.Expr]]:
    for condition in conditions:
        label, value = condition.compared()
        if not rows_are_lines:
            matching = sql.all_hold(each.holds() for each in conditions)
            lines = sql.elements_where(exp.column(column), name, matching)
            value = sql.joined(sql.each_element(lines, name, value))
        yield f"{name}.{label}", value


def _aggregated(field: Field | None) -> Iterator[tuple[str, exp.Expr]]:
    if field is not None:
        value = field.record.value(field.name).text()
        yield (f"product.{field.name}" if field.is_of_product else field.name), value
