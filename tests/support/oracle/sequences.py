"""The users for whom some chain of events exists: every chain is tried (spec §4.5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.oracle import criteria
from tests.support.oracle.conditions import conditions
from tests.support.oracle.ingest import PRODUCT_FIELDS
from tests.support.oracle.values import duration, lower

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Event, Value

#: An event of a chain, and of its product lines those that match in this chain.
Filled = tuple["Event", list[dict[str, "Value"]]]


@dataclass(frozen=True)
class _Step:
    """`chosen` holds for events of the step by themselves; `where` and `product` are fields that are the same as in
    an earlier step, counted from 1."""

    kind: str
    chosen: Callable[[Event], bool]
    lines: dict[str, Any]
    where: dict[str, int]
    product: dict[str, int]
    at_least: timedelta
    at_most: timedelta | None


def users(
    steps: list[dict[str, Any]], window: dict[str, Any], scope: Scope, population: set[int]
) -> set[int]:
    """Who has a chain; the window holds for the events of the chain, the lookback for all."""
    absent = steps[-1].get("not")
    chain = [_read(step, step, window, scope) for step in (steps[:-1] if absent else steps)]
    last = _read(absent, steps[-1], {}, scope) if absent else None
    events_of: dict[int, list[Event]] = defaultdict(list)
    for mpid, event in scope.known.events:
        events_of[mpid].append(event)
    return {mpid for mpid in population if _some_chain([], chain, last, events_of[mpid], scope)}


def _some_chain(
    filled: list[Filled], chain: list[_Step], absent: _Step | None, events: list[Event], scope: Scope
) -> bool:
    if len(filled) == len(chain):
        return absent is None or _does_not_follow(filled, absent, events, scope)
    step = chain[len(filled)]
    for event in events:
        if filled and not _follows(filled[-1][0], event, step):
            continue
        lines = _fills(event, step, filled, scope)
        if lines is not None and _some_chain([*filled, (event, lines)], chain, absent, events, scope):
            return True
    return False


def _follows(before: Event, event: Event, step: _Step) -> bool:
    gap = event.at - before.at
    return gap > timedelta(0) and gap >= step.at_least and (step.at_most is None or gap <= step.at_most)


def _does_not_follow(filled: list[Filled], absent: _Step, events: list[Event], scope: Scope) -> bool:
    assert absent.at_most is not None
    begins = filled[-1][0].at
    ends = begins + absent.at_most
    if not ends < scope.as_of:
        return False
    return not any(
        begins < event.at <= ends and _fills(event, absent, filled, scope) is not None for event in events
    )


def _fills(event: Event, step: _Step, filled: list[Filled], scope: Scope) -> list[dict[str, Value]] | None:
    """The product lines that match, where the event fills the step after those before it; else None."""
    if not step.chosen(event):
        return None
    for name, number in step.where.items():
        earlier, _ = filled[number - 1]
        if not _same(
            criteria.value_of(step.kind, event)(name), criteria.value_of(_kind(earlier), earlier)(name)
        ):
            return None
    wanted = [
        condition for name, operators in step.lines.items() for condition in conditions(name, operators)
    ]
    lines = [
        line
        for line in criteria.matching_lines(event.products, PRODUCT_FIELDS, wanted, scope.as_of)
        if all(
            any(_same(_of_line(line, name), _of_line(other, name)) for other in filled[number - 1][1])
            for name, number in step.product.items()
        )
    ]
    return None if step.product and not lines else lines


def _same(one: Any, other: Any) -> bool:
    """Equal, case aside; what is missing or null equals nothing."""
    return isinstance(one, str) and isinstance(other, str) and lower(one) == lower(other)


def _of_line(line: dict[str, Value], name: str) -> Any:
    return criteria.line_value(PRODUCT_FIELDS, line)(name)


def _kind(event: Event) -> str:
    return "ecommerce" if event.event_type == "commerce_event" else "event"


def _read(events: dict[str, Any], step: dict[str, Any], window: dict[str, Any], scope: Scope) -> _Step:
    kind, body = next((kind, body) for kind, body in events.items() if kind != "after")
    plain = {key: value for key, value in body.items() if key not in ("where", "product")}
    where, same_where = _split(body.get("where", {}))
    product, same_product = _split(body.get("product", {}))
    after = step.get("after", {})
    return _Step(
        kind,
        criteria.event_chooser(kind, {**plain, **window, "where": where, "product": product}, scope),
        product,
        same_where,
        same_product,
        duration(after["at_least"]) if "at_least" in after else timedelta(0),
        duration(after["at_most"]) if "at_most" in after else None,
    )


def _split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """What holds of the event alone, and the fields that are the same as in an earlier step."""
    alone: dict[str, Any] = {}
    same: dict[str, int] = {}
    for name, operators in fields.items():
        if isinstance(operators, dict) and "same_as" in operators:
            same[name] = operators["same_as"]
            operators = {key: value for key, value in operators.items() if key != "same_as"}
        if operators != {}:
            alone[name] = operators
    return alone, same
