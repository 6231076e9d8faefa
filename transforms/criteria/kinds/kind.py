"""The record of one kind of criterion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.criteria.leaf import Leaf
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


@dataclass(frozen=True)
class Kind:
    """A key of `criteria`: how its value is read, and its JSON Schema, over the `$defs` of `criteria_schema`.

    `read` gives None where nothing can be made of the node; problems go to the report in any case. `summary` is
    one sentence for the language reference; `examples` are values of `criteria:` in YAML, each of them valid.

    `beside`: keys that belong to it and stand beside it in the same mapping, at most one of them, with their JSON
    Schemas. Where there are such, `read` gets a mapping of its own key and those.
    """

    key: str
    read: Callable[[Node, Report], Leaf | None]
    schema: Callable[[], dict[str, Any]]
    summary: str = ""
    examples: tuple[str, ...] = ()
    beside: dict[str, Any] = field(default_factory=dict)
