"""Choosing events by name: plain text is the name as it was sent, operators match like any text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.criteria.comparisons import comparisons_schema, read_comparisons
from transforms.criteria.events.selection import NameCondition
from transforms.criteria.leaf import EventName
from transforms.criteria.operators.text import TEXT_OPERATORS
from transforms.criteria.reading import read_name
from transforms.documents.nodes import Mapping

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


def read_event_name(node: Node, report: Report) -> NameCondition | None:
    """`name: Play`, or `name: {starts_with: Pl}`."""
    if isinstance(node, Mapping):
        return NameCondition((), read_comparisons(node, "`name`", report, TEXT_OPERATORS))
    name = read_name(node, "the name of the event", node, report)
    return None if name is None else NameCondition((EventName(name, node.place),))


def event_name_schema() -> dict[str, Any]:
    """JSON Schema of `name`."""
    return {"anyOf": [{"type": ["string", "number", "boolean"]}, comparisons_schema(TEXT_OPERATORS)]}
