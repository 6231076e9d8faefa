"""`sequence`: events in order, with the window beside it in the same mapping (spec §4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria.comparisons import SAME_AS, comparison_schemas, comparisons_schema
from transforms.criteria.durations import distance_schema, duration_schema
from transforms.criteria.events.windows import read_window
from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.reading import read_mapping
from transforms.criteria.sequences.reading import AFTER, AT_LEAST, AT_MOST, NOT, read_steps
from transforms.criteria.sequences.tables import SequenceTables, step_lines
from transforms.criteria.sequences.trace import trace_query

if TYPE_CHECKING:
    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.events.windows import Window
    from transforms.criteria.leaf import EventName, Narrowing
    from transforms.criteria.scope import Scope
    from transforms.criteria.sequences.steps import Steps
    from transforms.documents.durations import Duration
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEY = "sequence"


@dataclass(frozen=True)
class SequenceCriterion(Leaf):
    """Users with some chain of events, each strictly later than the one before, all within the window.

    The window holds for the events of the chain. An event that `not` forbids counts wherever it lies in its time
    after the last of them, past the end of the window too.
    """

    steps: Steps
    window: Window

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf. A common table for each step has the events at which some chain reaches it."""
        tables = SequenceTables(self.steps, self.window, scope)
        ends = exp.Subquery(this=tables.ends(), alias=exp.TableAlias(this=exp.to_identifier("ends")))
        users = exp.select("mpid").distinct(copy=False).from_(ends)
        for name, table in tables.tables:
            users = users.with_(name, as_=table, copy=False)
        return users

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. `step`, `time`, `event`: one chain of each user as far as it gets, a row a step.

        A row of the step `not` is the event that keeps the user out.
        """
        return trace_query(self.steps, self.window, scope)

    def title(self) -> str:
        """See Leaf."""
        return " then ".join(step.words() for step in self.steps.all)

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        lines = [line for number, step in enumerate(self.steps.all, 1) for line in step_lines(number, step)]
        return (f"sequence: {self.title()}", *lines, self.window.words(scope.lookback))

    @property
    def events(self) -> tuple[EventName, ...]:
        """See Leaf."""
        return tuple(name for step in self.steps.all for name in step.selection.tiered_events)

    @property
    def selections(self) -> tuple[EventSelection, ...]:
        """See Leaf."""
        return tuple(step.selection for step in self.steps.all)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf. Of each step what has to hold on one event."""
        return tuple(value for selection in self.selections for value in selection.compared)

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return tuple(narrowing for step in self.steps.all for narrowing in step.selection.inputs)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return tuple(narrowing for step in self.steps.all for narrowing in step.selection.workspaces)

    @property
    def looks_back(self) -> bool:
        """See Leaf."""
        return True

    @property
    def relies_on_lookback(self) -> bool:
        """See Leaf."""
        return self.window.comparison is None

    def reaches_past(self, lookback: Duration) -> bool:
        """See Leaf. So it does, too, where the steps need longer than the lookback."""
        return self.window.reaches_past(lookback) or self.steps.need(lookback)


def _read(node: Node, report: Report) -> SequenceCriterion | None:
    mapping = read_mapping(node, "criteria", (_KEY, *_window_schemas()), report)
    written = None if mapping is None else mapping.get(_KEY)
    if mapping is None or written is None:
        return None
    window = read_window(mapping, report)
    steps = read_steps(written, window, report)
    return None if steps is None else SequenceCriterion(written.place, steps, window)


def _window_schemas() -> dict[str, Any]:
    return comparison_schemas(DATE_OPERATORS)


def _schema() -> dict[str, Any]:
    alone = {"$ref": "#/$defs/one_event"}
    after = {
        "type": "object",
        "properties": {AT_LEAST: distance_schema(), AT_MOST: duration_schema()},
        "additionalProperties": False,
        "minProperties": 1,
    }
    step = {
        "type": "object",
        "properties": {**_kind_schemas(), NOT: alone, AFTER: after},
        "additionalProperties": False,
        "oneOf": [{"required": [key]} for key in (*_kind_schemas(), NOT)],
        "dependentRequired": {NOT: [AFTER]},
    }
    return {"type": "array", "prefixItems": [alone], "items": step, "minItems": 2}


def _kind_schemas() -> dict[str, Any]:
    return {form.key: {"$ref": f"#/$defs/step_{form.key}"} for form in EVENT_KINDS}


def step_definitions() -> dict[str, Any]:
    """JSON Schemas that the schema of the steps refers to, by their names in `$defs`."""
    operators = comparisons_schema()
    reference = {SAME_AS: {"type": "integer", "minimum": 1}}
    return {
        "one_event": {
            "type": "object",
            "properties": _kind_schemas(),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
        **{f"step_{form.key}": form.selection_schema(in_step=True) for form in EVENT_KINDS},
        "step_operators": {**operators, "properties": {**operators["properties"], **reference}},
    }


SEQUENCE = Kind(
    _KEY,
    _read,
    _schema,
    summary=(
        "Users with a chain of events in the given order, each strictly later than the one before, with bounds for the "
        "time between two of them, and at the end, if asked, an event that does not follow."
    ),
    examples=(
        """\
sequence:
  - event: {name: View Item, where: {category: {exact: shoes}}}
  - ecommerce: {action: add_to_cart}
    after: {at_most: 3 days}
  - not: {ecommerce: {action: purchase}}
    after: {at_most: 1 day}
within: 30 days
""",
        """\
sequence:
  - screen_view: {name: Pricing}
  - event: {name: Trial Started}
    after: {at_least: 1 day, at_most: 2 weeks}
""",
        """\
sequence:
  - ecommerce: {action: view_detail}
  - ecommerce: {action: purchase, product: {id: {same_as: 1}}}
    after: {at_most: 7 days}
ago: [60 days, 0 days]
""",
        """\
sequence:
  - event: {name: Search, where: {term: {exists: true}}}
  - event: {name: Search, where: {term: {same_as: 1}}}
    after: {at_most: 10 minutes}
  - not: {event: {name: View Item}}
    after: {at_most: 30 minutes}
within: 7 days
""",
    ),
    beside=_window_schemas(),
)
