"""Reads what a calculated attribute is calculated of: `of` and `value` (spec §4.6).

Problems: CRT-040 not one kind of event, CRT-041 the events have no such lines, CRT-042 not one field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.events.amounts import Field
from transforms.criteria.events.fields import PRODUCT, PROMOTION, read_field_name
from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.reading import read_mapping
from transforms.documents.nodes import Mapping

if TYPE_CHECKING:
    from transforms.criteria.events.form import EventForm
    from transforms.criteria.events.selection import EventSelection
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_FORMS = {form.key: form for form in EVENT_KINDS}
_LINES = {"product": PRODUCT, "promotion": PROMOTION}
_FIELD_KEYS = ("attribute", *_LINES)


@dataclass(frozen=True)
class ChosenEvents:
    """The events that `of` writes, and the kind that they are."""

    form: EventForm
    selection: EventSelection


def read_events(node: Node, report: Report) -> ChosenEvents | None:
    """The events that `of` writes: one kind, without an amount or a window. None, with problems, otherwise."""
    mapping = read_mapping(node, "`of`", _FORMS, report)
    if mapping is None:
        return None
    written = [entry for entry in mapping.entries if entry.key.text in _FORMS]
    if len(written) > 1:
        report.add("CRT-040", "`of` takes one kind of event", written[1].key, allowed=_FORMS)
    if not written:
        return None
    form = _FORMS[written[0].key.text]
    selection = form.read_selection(written[0].value, report)
    return None if selection is None else ChosenEvents(form, selection)


def read_field(node: Node, events: ChosenEvents, report: Report) -> Field | None:
    """The field that `value` writes, `NAME`, `{attribute: NAME}`, `{product: NAME}` or `{promotion: NAME}`.

    A plain name is a field of the event. None, with problems, otherwise.
    """
    record = events.form.source.record
    if isinstance(node, Mapping):
        mapping = read_mapping(node, "`value`", _FIELD_KEYS, report)
        written = [entry for entry in mapping.entries if entry.key.text in _FIELD_KEYS] if mapping else []
        if len(written) > 1:
            report.add("CRT-042", "`value` takes one field", written[1].key, allowed=_FIELD_KEYS)
        if not written:
            return None
        key = written[0].key.text
        if key in _LINES and not events.form.takes_lines:
            kinds = [form.key for form in EVENT_KINDS if form.takes_lines]
            report.add(
                "CRT-041", f"events of `{events.form.key}` have no {key}s", written[0].key, allowed=kinds
            )
            return None
        record, node = _LINES.get(key, record), written[0].value
    name = read_field_name(node, "`value`", report)
    return None if name is None else Field(record, name)


def events_schema() -> dict[str, Any]:
    """JSON Schema of `of`; may refer to `#/$defs/operators`."""
    return {
        "type": "object",
        "properties": {form.key: form.selection_schema() for form in EVENT_KINDS},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def field_schema() -> dict[str, Any]:
    """JSON Schema of `value`."""
    name = {"type": ["string", "number", "boolean"], "minLength": 1}
    lines = {
        "type": "object",
        "properties": dict.fromkeys(_FIELD_KEYS, name),
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [name, lines]}
