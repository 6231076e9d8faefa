"""Choosing events by name: plain text is the name as it was sent, operators match like any text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.comparisons import comparisons_schema, read_comparisons
from transforms.criteria.events.selection import NameCondition
from transforms.criteria.leaf import EventName
from transforms.criteria.operators.text import TEXT_OPERATORS
from transforms.criteria.reading import read_name
from transforms.documents.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


@dataclass(frozen=True)
class NameForm:
    """The key that chooses events by their name, how its value is read, and its JSON Schema."""

    key: str
    read: Callable[[Node, Report], NameCondition | None]
    schema: dict[str, Any]


def _read_event_name(node: Node, report: Report) -> NameCondition | None:
    """`name: Play`, or `name: {starts_with: Pl}`."""
    if isinstance(node, Mapping):
        return NameCondition((), read_comparisons(node, "`name`", report, TEXT_OPERATORS))
    name = read_name(node, "the name of the event", node, report)
    return None if name is None else NameCondition((EventName(name, node.place),))


#: `name:` of custom events and screens.
EVENT_NAME = NameForm(
    key="name",
    read=_read_event_name,
    schema={"anyOf": [{"type": ["string", "number", "boolean"]}, comparisons_schema(TEXT_OPERATORS)]},
)
