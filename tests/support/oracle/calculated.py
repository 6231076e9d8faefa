"""Calculated attributes: one value an mpid, from its events (spec §4.6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.support.oracle import criteria as language
from tests.support.oracle.conditions import MISSING, compare, conditions, holds, units
from tests.support.oracle.ingest import PRODUCT_FIELDS, PROMOTION_FIELDS
from tests.support.oracle.values import duration, number, plain_date

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Event, Value

#: A number exactly, a text (an instant is ISO 8601), or a list.
Calculated = Fraction | str | tuple[str, ...]

ZERO_OF_NOTHING = ("count", "sum", "unique_count")
WITHOUT_VALUE = ("count", "first_timestamp", "last_timestamp")
_PLACES = 10**9
_LONGEST_LIST = 100
_FIRST_QUANTITY_THAT_IS_NONE = 10**27


def number_text(exact: Fraction) -> str:
    """At most nine places, half away from zero."""
    units, rest = divmod(abs(exact) * _PLACES, 1)
    units = int(units) + (rest >= Fraction(1, 2))
    whole, places = divmod(units, _PLACES)
    digits = f"{whole}.{places:09d}".rstrip("0").rstrip(".")
    return f"-{digits}" if exact < 0 and units else digits


def instant_text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def calculated_values(definition: dict[str, Any], scope: Scope) -> dict[int, Calculated]:
    """The value of every user who has one. `scope` has the attribute's inputs and an unlimited lookback."""
    kind, body = next(iter(definition["of"].items()))
    chosen = language.event_chooser(kind, body, scope)
    earliest = None
    if "since" in definition:
        earliest = plain_date(definition["since"])
    elif "within" in definition:
        earliest = scope.as_of - duration(definition["within"])
    events_of: dict[int, list[Event]] = defaultdict(list)
    for mpid, event in scope.known.events:
        if chosen(event) and (earliest is None or event.at >= earliest):
            events_of[mpid].append(event)
    function = definition["function"]
    found: dict[int, Calculated] = {}
    if function in ZERO_OF_NOTHING:
        found = {mpid: Fraction(0) for _, mpid in scope.known.profiles}
    for mpid, events in events_of.items():
        in_order = sorted(events, key=lambda event: (event.at, *event.order.key()))
        value = _calculate(definition, kind, in_order, scope)
        if value is not None:
            found[mpid] = value
    return found


def _calculate(definition: dict[str, Any], kind: str, events: list[Event], scope: Scope) -> Calculated | None:
    function = definition["function"]
    match function:
        case "count":
            return Fraction(len(events))
        case "first_timestamp":
            return instant_text(events[0].at)
        case "last_timestamp":
            return instant_text(events[-1].at)
        case "average" if definition["value"] == {"product": "price"}:
            return _weighted_average(definition["of"][kind], events, scope)
    texts = [value for value in _values(definition, kind, events, scope) if isinstance(value, str)]
    numbers = [Fraction(read, _PLACES) for read in map(number, texts) if read is not None]
    match function:
        case "sum":
            return sum(numbers, Fraction(0))
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)
        case "average":
            return sum(numbers, Fraction(0)) / len(numbers) if numbers else None
        case "most_frequent":
            times = Counter(texts)
            return min(times, key=lambda text: (-times[text], text), default=None)
        case "unique_count":
            return Fraction(len(set(texts)))
        case "unique_list":
            return tuple(sorted(list(dict.fromkeys(texts))[:_LONGEST_LIST])) or None
        case "first_value":
            return texts[0] if texts else None
        case "last_value":
            return texts[-1] if texts else None
        case _:
            raise AssertionError(function)


def _values(definition: dict[str, Any], kind: str, events: list[Event], scope: Scope) -> list[Value]:
    """The values in the order of the events, of one event in the order of its lines; missing ones left out."""
    value = definition["value"]
    if not isinstance(value, dict):
        value = {"attribute": value}
    ((where, name),) = value.items()
    if where == "attribute":
        found = [language.value_of(kind, event)(name) for event in events]
    else:
        found = [
            language.line_value(PRODUCT_FIELDS if where == "product" else PROMOTION_FIELDS, line)(name)
            for line in _lines(where, definition["of"][kind], events, scope)
        ]
    return [each for each in found if each is not MISSING]


def _lines(where: str, body: dict[str, Any], events: list[Event], scope: Scope) -> list[dict[str, Value]]:
    own = PRODUCT_FIELDS if where == "product" else PROMOTION_FIELDS
    wanted = language._all_conditions(body, where)
    return [
        line
        for event in events
        for line in language.matching_lines(
            event.products if where == "product" else event.promotions, own, wanted, scope.as_of
        )
    ]


def _weighted_average(body: dict[str, Any], events: list[Event], scope: Scope) -> Fraction | None:
    """Product prices by quantity. No quantity that can be read is one piece; none or less is nothing."""
    total = weights = 0
    for line in _lines("product", body, events, scope):
        price, quantity = line.get("price"), line.get("quantity")
        read = number(price) if isinstance(price, str) else None
        weight = number(quantity) if isinstance(quantity, str) else None
        if weight is None or weight >= _FIRST_QUANTITY_THAT_IS_NONE:
            weight = _PLACES
        if read is not None and weight > 0:
            total += read * weight
            weights += weight
    return Fraction(total, weights * _PLACES) if weights else None


def with_calculated_value(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    """The users for whom all operators hold on their value; of a user without one the positives do not."""
    values = scope.attributes(body["attribute"])
    wanted = conditions("value", {name: operand for name, operand in body.items() if name != "attribute"})

    def is_in(mpid: int) -> bool:
        value = values.get(mpid)
        return all(
            (value is not None and _holds(condition.operator, condition.operand, value, scope.as_of))
            is not condition.negative
            for condition in wanted
        )

    return {mpid for mpid in population if is_in(mpid)}


def _holds(operator: str, operand: Any, value: Calculated, as_of: datetime) -> bool:
    if not isinstance(value, Fraction):
        return holds(operator, operand, value, as_of)
    if operator == "exists":
        return True
    return compare(operator, value, operand, lambda bound: Fraction(units(bound), _PLACES))
