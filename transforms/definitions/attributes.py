"""attributes/*.yml: one calculated attribute a file (spec §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.calculated.calculation import Calculation
from transforms.criteria.calculated.functions import FUNCTIONS, Function
from transforms.criteria.calculated.reading import (
    ChosenEvents,
    events_schema,
    field_schema,
    read_events,
    read_field,
)
from transforms.criteria.calculated.values import Span
from transforms.criteria.operands import read_date
from transforms.definitions.audiences import INPUTS, NAME, OWNER, TAGS, with_criteria
from transforms.definitions.records import CalculatedAttribute
from transforms.definitions.resolve import choose
from transforms.definitions.vocabulary import identifier, title_of
from transforms.documents.fields import Field, Values, fields_schema, needed, optional, read_fields, required
from transforms.documents.readers import INVALID, Invalid, Reader, choice, duration

if TYPE_CHECKING:
    from datetime import date

    from transforms.definitions.records import Project
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_FUNCTIONS = {function.name: function for function in FUNCTIONS}


def _events() -> Reader[ChosenEvents]:
    def read(node: Node, report: Report) -> ChosenEvents | Invalid:
        events = read_events(node, report)
        return INVALID if events is None else events

    return Reader(read, events_schema(), "one kind of event")


def _value() -> Reader[Node]:
    """What it means depends on the kind of event, so it is read when that is known."""
    return Reader(lambda node, _: node, field_schema(), "a field")


def _date() -> Reader[date]:
    def read(node: Node, report: Report) -> date | Invalid:
        day = read_date(node, report)
        return INVALID if day is None else day

    return Reader(read, {"type": "string", "format": "date"}, "a date")


ID = required("attribute", identifier("the id of an attribute"), "The id; it is what criteria name.")
FUNCTION = needed("function", choice(*_FUNCTIONS), None, "What is calculated.")
OF: Field[ChosenEvents | None] = needed(
    "of", _events(), None, "The events: one kind, without count, aggregate and window."
)
VALUE = optional(
    "value",
    _value(),
    "The field: NAME or `{attribute: NAME}` of the event, `{product: NAME}` of each matching product line, "
    "`{promotion: NAME}` of each matching promotion.",
)
SINCE = optional("since", _date(), "Only events from this day on, UTC. Without it and `within`: all history.")
WITHIN = optional("within", duration(), "Only events of so long before as_of.")
_FIELDS = (ID, NAME, TAGS, OWNER, FUNCTION, OF, VALUE, INPUTS, SINCE, WITHIN)


@dataclass(frozen=True)
class WrittenAttribute:
    """One file of attributes/ as written: nothing is resolved, no default filled in."""

    id: str
    values: Values
    calculation: Calculation | None


def read_attribute(node: Node, report: Report) -> WrittenAttribute | None:
    """The calculated attribute that a file says, or None where it has no id; problems go to `report`."""
    values = read_fields(node, _FIELDS, report, "a calculated attribute")
    return None if values is None else WrittenAttribute(values[ID], values, _calculation(values, report))


def resolve_attribute(
    written: WrittenAttribute, project: Project, report: Report
) -> CalculatedAttribute | None:
    """The attribute with its defaults filled in; None where it has no valid calculation."""
    chosen = choose(written.values, project, report)
    if written.calculation is None:
        return None
    return CalculatedAttribute(
        id=written.id,
        name=written.values[NAME] or title_of(written.id),
        tags=written.values[TAGS] or (),
        owner=written.values[OWNER],
        workspaces=chosen.workspaces,
        inputs=chosen.inputs,
        calculation=written.calculation,
        place=written.values.node.place,
    )


def attribute_schema() -> dict[str, Any]:
    """The JSON Schema of a calculated attribute's file."""
    schema = with_criteria(fields_schema(_FIELDS))
    with_value = [function.name for function in FUNCTIONS if function.takes_value]
    is_with_value = {"properties": {"function": {"enum": with_value}}, "required": ["function"]}
    return {
        **schema,
        "$defs": {"operators": schema["$defs"]["operators"]},
        "if": is_with_value,
        "then": {"required": ["value"]},
        "else": {"not": {"required": ["value"]}},
        "not": {"required": ["since", "within"]},
    }


def _calculation(values: Values, report: Report) -> Calculation | None:
    """Codes: DEF-100 no value, DEF-101 a value that is not taken, DEF-102 both `since` and `within`."""
    if values.has(SINCE) and values.has(WITHIN):
        report.add(
            "DEF-102",
            "`since` and `within` stand together",
            values.place(WITHIN),
            hint="write one of them, or neither for all history",
        )
    function, events, written = _FUNCTIONS.get(values[FUNCTION] or ""), values[OF], values[VALUE]
    if function is not None and function.takes_value and not values.has(VALUE):
        report.add(
            "DEF-100",
            f"`{function.name}` needs a `value`: the field that it is calculated of",
            values.place(FUNCTION),
            hint="such as `value: total_amount` or `value: {product: price}`",
        )
    if function is not None and not function.takes_value and values.has(VALUE):
        report.add(
            "DEF-101",
            f"`{function.name}` takes no `value`: it is calculated of the events themselves",
            values.place(VALUE),
            allowed=_others(function),
        )
    field = None if events is None or written is None else read_field(written, events, report)
    if function is None or events is None or (function.takes_value and field is None):
        return None
    return Calculation(
        function,
        events.selection,
        field if function.takes_value else None,
        Span(values[SINCE], values[WITHIN]),
        values.node.place if field is None else values.place(VALUE),
    )


def _others(function: Function) -> tuple[str, ...]:
    return tuple(other.name for other in FUNCTIONS if other.takes_value != function.takes_value)
