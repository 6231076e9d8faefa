"""Reads event criteria: what all kinds take, and what a kind adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.comparisons import comparisons_schema, read_comparisons
from transforms.criteria.events.amounts import FUNCTIONS, Amount, amount_schemas, default_amount, read_amount
from transforms.criteria.events.event_criterion import EventCriterion
from transforms.criteria.events.fields import (
    DEVICE,
    PRODUCT,
    PROMOTION,
    FieldCondition,
    Record,
    condition_schema,
    conditions_schema,
    read_conditions_at,
    read_device_conditions,
)
from transforms.criteria.events.selection import EventSelection
from transforms.criteria.events.session_length import read_session_length, session_length_schema
from transforms.criteria.events.windows import WINDOW_NAMES, read_window
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.narrowing import narrowing_schemas, read_input, read_workspace
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.reading import read_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.events.names import NameForm
    from transforms.criteria.events.selection import EventCondition, EventSource
    from transforms.documents.nodes import Mapping, Node
    from transforms.documents.report import Report

_TYPE = Record("the event", None, ("custom_type",))


@dataclass(frozen=True)
class EventForm:
    """How one kind of event criterion is written.

    `name` is how events are chosen by name; None where they have none. `takes_type` is for custom events,
    `takes_lines` for those with product lines and promotions, `takes_length` for sessions. `summary` and
    `examples` are those of its Kind.
    """

    key: str
    source: EventSource
    name: NameForm | None = None
    takes_type: bool = False
    takes_lines: bool = False
    takes_length: bool = False
    summary: str = ""
    examples: tuple[str, ...] = ()

    def as_kind(self) -> Kind:
        """The kind of criterion that is written so."""
        return Kind(self.key, self.read, self.schema, self.summary, self.examples)

    @property
    def selection_keys(self) -> tuple[str, ...]:
        """Every key that chooses events."""
        return (
            *((self.name.key,) if self.name is not None else ()),
            *(("type",) if self.takes_type else ()),
            "where",
            *(("product", "promotion") if self.takes_lines else ()),
            *(("length",) if self.takes_length else ()),
            *DEVICE.fields,
            "input",
            "workspace",
        )

    def read(self, node: Node, report: Report) -> EventCriterion | None:
        """The criterion that `node` writes, or None with problems."""
        keys = (*self.selection_keys, *FUNCTIONS, *WINDOW_NAMES)
        mapping = read_mapping(node, f"`{self.key}`", keys, report, self._elsewhere)
        if mapping is None:
            return None
        return EventCriterion(
            place=mapping.place,
            selection=self._read_selection(mapping, report),
            amount=self._read_amount(mapping, report),
            window=read_window(mapping, report),
        )

    def read_selection(self, node: Node, report: Report, *, in_step: bool = False) -> EventSelection | None:
        """The choice of events that `node` writes where no amount and no window can stand, or None with problems.

        `in_step`: in a step of a sequence, where `same_as` can stand in `where` and `product`.
        """
        mapping = read_mapping(node, f"`{self.key}`", self.selection_keys, report, self._elsewhere)
        return None if mapping is None else self._read_selection(mapping, report, in_step)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the criterion."""
        selection = self.selection_schema()
        windows = comparisons_schema(DATE_OPERATORS)["properties"]
        return {
            **selection,
            "properties": {**selection["properties"], **amount_schemas(self.takes_lines), **windows},
            "allOf": [at_most_one(FUNCTIONS), at_most_one(WINDOW_NAMES)],
        }

    def selection_schema(self, *, in_step: bool = False) -> dict[str, Any]:
        """JSON Schema of the choice of events alone; `in_step` refers to `#/$defs/step_operators` too."""
        conditions = conditions_schema()
        compared = conditions_schema("step_operators") if in_step else conditions
        return {
            "type": "object",
            "properties": {
                **({self.name.key: self.name.schema} if self.name is not None else {}),
                **({"type": condition_schema()} if self.takes_type else {}),
                "where": compared,
                **({"product": compared, "promotion": conditions} if self.takes_lines else {}),
                **({"length": session_length_schema()} if self.takes_length else {}),
                **dict.fromkeys(DEVICE.fields, condition_schema()),
                **narrowing_schemas(("input", "workspace")),
            },
            "additionalProperties": False,
            "minProperties": 1,
        }

    def _elsewhere(self, key: str) -> str:
        """Where a field stands that is written beside `where`."""
        lines = (("product", PRODUCT), ("promotion", PROMOTION)) if self.takes_lines else ()
        for place, record in (("where", self.source.record), *lines):
            if key in record.fields and key != "name":
                return f"write it below `{place}`: `{place}: {{{key}: …}}`"
        if key == "name" and self.name is None:
            return "these events are chosen by their kind: leave the name out"
        return ""

    def _read_selection(self, mapping: Mapping, report: Report, in_step: bool = False) -> EventSelection:
        written = None if self.name is None else mapping.get(self.name.key)
        lines: dict[str, tuple[FieldCondition, ...]] = {"product": (), "promotion": ()}
        if self.takes_lines:
            lines["product"] = read_conditions_at(mapping, "product", PRODUCT, report, in_step=in_step)
            lines["promotion"] = read_conditions_at(mapping, "promotion", PROMOTION, report)
        conditions = self._read_conditions(mapping, report, in_step)
        return EventSelection(
            key=self.key,
            source=self.source,
            name=None if self.name is None or written is None else self.name.read(written, report),
            event=(*conditions, *read_device_conditions(mapping, report)),
            **lines,
            input=read_input(mapping, report),
            workspace=read_workspace(mapping, report),
            name_key="name" if self.name is None else self.name.key,
        )

    def _read_conditions(self, mapping: Mapping, report: Report, in_step: bool) -> tuple[EventCondition, ...]:
        found: list[EventCondition] = []
        kind = mapping.get("type") if self.takes_type else None
        if kind is not None:
            comparisons = read_comparisons(kind, "`type`", report)
            found.append(FieldCondition(_TYPE, "custom_type", comparisons, kind.place))
        found.extend(read_conditions_at(mapping, "where", self.source.record, report, in_step=in_step))
        length = mapping.get("length") if self.takes_length else None
        if length is not None:
            found.append(read_session_length(length, report))
        return tuple(found)

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


def at_most_one(names: Iterable[str]) -> dict[str, Any]:
    """JSON Schema of a mapping in which at most one of the keys stands."""
    required = [{"required": [name]} for name in names]
    return {"oneOf": [*required, {"not": {"anyOf": required}}]}
