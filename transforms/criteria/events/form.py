"""Reads event criteria: what all kinds take, and what a kind adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.comparisons import Comparison, comparisons_schema, read_comparisons, read_operators
from transforms.criteria.events.amounts import FUNCTIONS, Amount, amount_schemas, default_amount, read_amount
from transforms.criteria.events.event_criterion import EventCriterion
from transforms.criteria.events.fields import (
    DEVICE,
    PRODUCT,
    PROMOTION,
    FieldCondition,
    Record,
    read_conditions,
)
from transforms.criteria.events.selection import EventSelection
from transforms.criteria.events.windows import WINDOW_NAMES, Window
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.narrowing import narrowing_schemas, read_input, read_workspace
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.reading import read_mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.criteria.events.selection import EventSource, NameCondition
    from transforms.documents.nodes import Mapping, Node
    from transforms.documents.report import Report

_TYPE = Record("the event", None, ("custom_type",))


@dataclass(frozen=True)
class EventForm:
    """How one kind of event criterion is written.

    `name_key` is the key that chooses events by name, read by `read_name`. `takes_type` is for custom events,
    `takes_lines` for those with product lines and promotions. `summary` and `examples` are those of its Kind.
    """

    key: str
    source: EventSource
    name_key: str
    read_name: Callable[[Node, Report], NameCondition | None]
    name_schema: dict[str, Any]
    takes_type: bool = False
    takes_lines: bool = False
    summary: str = ""
    examples: tuple[str, ...] = ()

    def as_kind(self) -> Kind:
        """The kind of criterion that is written so."""
        return Kind(self.key, self.read, self.schema, self.summary, self.examples)

    @property
    def selection_keys(self) -> tuple[str, ...]:
        """Every key that chooses events."""
        return (
            self.name_key,
            *(("type",) if self.takes_type else ()),
            "where",
            *(("product", "promotion") if self.takes_lines else ()),
            *DEVICE.fields,
            "input",
            "workspace",
        )

    def read(self, node: Node, report: Report) -> EventCriterion | None:
        """The criterion that `node` writes, or None with problems."""
        keys = (*self.selection_keys, *FUNCTIONS, *WINDOW_NAMES)
        mapping = read_mapping(node, f"`{self.key}`", keys, report)
        if mapping is None:
            return None
        return EventCriterion(
            place=mapping.place,
            selection=self._read_selection(mapping, report),
            amount=self._read_amount(mapping, report),
            window=_read_window(mapping, report),
        )

    def read_selection(self, node: Node, report: Report) -> EventSelection | None:
        """The choice of events that `node` writes where no amount and no window can stand, or None with problems."""
        mapping = read_mapping(node, f"`{self.key}`", self.selection_keys, report)
        return None if mapping is None else self._read_selection(mapping, report)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the criterion."""
        selection = self.selection_schema()
        windows = comparisons_schema(DATE_OPERATORS)["properties"]
        return {
            **selection,
            "properties": {**selection["properties"], **amount_schemas(self.takes_lines), **windows},
            "allOf": [_at_most_one(FUNCTIONS), _at_most_one(WINDOW_NAMES)],
        }

    def selection_schema(self) -> dict[str, Any]:
        """JSON Schema of the choice of events alone."""
        condition = {"anyOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/operators"}]}
        conditions = {"type": "object", "additionalProperties": condition, "minProperties": 1}
        return {
            "type": "object",
            "properties": {
                self.name_key: self.name_schema,
                **({"type": condition} if self.takes_type else {}),
                "where": conditions,
                **({"product": conditions, "promotion": conditions} if self.takes_lines else {}),
                **dict.fromkeys(DEVICE.fields, condition),
                **narrowing_schemas(("input", "workspace")),
            },
            "additionalProperties": False,
            "minProperties": 1,
        }

    def _read_selection(self, mapping: Mapping, report: Report) -> EventSelection:
        written = mapping.get(self.name_key)
        return EventSelection(
            key=self.key,
            source=self.source,
            name=None if written is None else self.read_name(written, report),
            event=(*self._read_where(mapping, report), *_read_device(mapping, report)),
            product=_read_lines(mapping, "product", PRODUCT, report) if self.takes_lines else (),
            promotion=_read_lines(mapping, "promotion", PROMOTION, report) if self.takes_lines else (),
            input=read_input(mapping, report),
            workspace=read_workspace(mapping, report),
        )

    def _read_where(self, mapping: Mapping, report: Report) -> tuple[FieldCondition, ...]:
        node = mapping.get("where")
        found = () if node is None else read_conditions(node, "`where`", self.source.record, report)
        kind = mapping.get("type") if self.takes_type else None
        if kind is None:
            return found
        comparisons = read_comparisons(kind, "`type`", report)
        return (FieldCondition(_TYPE, "custom_type", comparisons, kind.place), *found)

    def _read_amount(self, mapping: Mapping, report: Report) -> Amount:
        written = [entry for entry in mapping.entries if entry.key.text in FUNCTIONS]
        if not written:
            return default_amount(mapping.place)
        for entry in written[1:]:
            report.add(
                "CRT-013",
                f"`{entry.key.text}` stands beside `{written[0].key.text}`: a criterion compares one amount",
                entry.key,
                hint="write two criteria below `all`",
            )
        return read_amount(written[0], self.source.record, self.takes_lines, report)


def _read_device(mapping: Mapping, report: Report) -> tuple[FieldCondition, ...]:
    return tuple(
        FieldCondition(DEVICE, name, read_comparisons(node, f"`{name}`", report), node.place)
        for name in DEVICE.fields
        if (node := mapping.get(name)) is not None
    )


def _read_lines(mapping: Mapping, key: str, record: Record, report: Report) -> tuple[FieldCondition, ...]:
    node = mapping.get(key)
    return () if node is None else read_conditions(node, f"`{key}`", record, report)


def _read_window(mapping: Mapping, report: Report) -> Window:
    written = [entry for entry in mapping.entries if entry.key.text in WINDOW_NAMES]
    for entry in written[1:]:
        report.add(
            "CRT-009",
            f"`{entry.key.text}` stands beside `{written[0].key.text}`: a window is one date operator",
            entry.key,
            allowed=WINDOW_NAMES,
            hint="for two ends use `between_dates` or `ago`",
        )
    found: tuple[Comparison, ...] = read_operators(written[:1], "the window", report, DATE_OPERATORS)
    return Window(found[0] if found else None)


def _at_most_one(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "oneOf": [
            *({"required": [name]} for name in names),
            {"not": {"anyOf": [{"required": [name]} for name in names]}},
        ]
    }
