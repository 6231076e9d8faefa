"""The published meaning of definitions in the public schema, with plain sets and loops over what the oracle knows.

Text is compared without regard to case; a condition on a value that is not there is not met, negatives included; a
day is a UTC calendar day, a distance counts back from as_of; conditions of one aggregate hold on the same event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.oracle.values import instant, lower, matches_pattern, number

if TYPE_CHECKING:
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Event, Value

_PLACES = 10**9
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43200}
_ABSENT = object()


def members(expression: dict[str, Any], scope: Scope) -> set[int]:
    """The users of one workspace for whom the expression holds."""
    (workspace,) = scope.workspaces
    population = scope.population()
    operator = expression["operator"]
    if operator in ("and", "or"):
        found = [members(item, scope) for item in expression["expressions"]]
        return set.intersection(*found) if operator == "and" else set.union(*found)
    left = expression.get("left")
    if left is not None and "group_by_model" in left:
        return {
            mpid
            for mpid in population
            if _holds_of_number(operator, _aggregate(left, mpid, scope), expression["right"] * _PLACES)
        }
    path = (left or expression["operand"])["path"]
    if path in ("first_seen", "last_seen"):
        return {
            mpid
            for mpid in population
            if _holds_of_instant(
                operator,
                getattr(scope.known.profiles[workspace, mpid], path),
                expression["right"]["date"],
                scope.as_of,
            )
        }
    return {
        mpid
        for mpid in population
        if _holds(expression, _attribute(scope.known.profiles[workspace, mpid].attributes, path), scope.as_of)
    }


def _attribute(attributes: dict[str, tuple[str, Value]], path: str) -> Any:
    return (
        attributes[key][1] if (key := lower(path.removeprefix("user_attributes."))) in attributes else _ABSENT
    )


def _aggregate(aggregation: dict[str, Any], mpid: int, scope: Scope) -> int | None:
    oldest = (
        scope.as_of - timedelta(days=int(scope.lookback.split()[0]))
        if scope.lookback != "unlimited"
        else None
    )
    events = [
        event
        for of, event in scope.known.events
        if of == mpid
        and f"{event.workspace}/{event.input}" in scope.inputs
        and (oldest is None or event.at >= oldest)
        and _of_event(aggregation["condition"], event, scope.as_of)
    ]
    if aggregation["operator"] == "count":
        return len(events) * _PLACES
    name = aggregation["operand"]["path"]
    texts = [event.attributes[name] for event in events if name in event.attributes]
    numbers = [read for text in texts if isinstance(text, str) and (read := number(text)) is not None]
    if aggregation["operator"] == "sum":
        return sum(numbers) if any(name in event.attributes for event in events) else None
    return {"min": min, "max": max}[aggregation["operator"]](numbers) if numbers else None


def _of_event(expression: dict[str, Any], event: Event, as_of: datetime) -> bool:
    if expression["operator"] in ("and", "or"):
        found = [_of_event(item, event, as_of) for item in expression["expressions"]]
        return all(found) if expression["operator"] == "and" else any(found)
    path = (expression.get("left") or expression["operand"])["path"]
    if path == "event_type":
        return event.event_type == expression["right"]
    if path == "event_name":
        # A name is chosen from a list, so it is the one that was sent.
        return event.data.get("event_name") == expression["right"]
    if path == "timestamp":
        return _holds_of_instant(expression["operator"], event.at, expression["right"]["date"], as_of)
    return _holds(expression, event.attributes.get(path.removeprefix("attributes."), _ABSENT), as_of)


def _holds(expression: dict[str, Any], value: Any, as_of: datetime) -> bool:
    operator, right = expression["operator"], expression.get("right")
    if operator in ("exists", "not_exists"):
        return (value is not _ABSENT) is (operator == "exists")
    if value is _ABSENT:
        return False
    if operator in ("null", "not_null"):
        has_value = (
            any(element is not None for element in value) if isinstance(value, tuple) else value is not None
        )
        return has_value is (operator == "not_null")
    positive = operator.removeprefix("not_")
    if positive != operator:
        return not _holds({**expression, "operator": positive}, value, as_of)
    if not isinstance(value, str):
        return False
    if isinstance(right, dict):
        at = instant(value)
        return at is not None and _holds_of_instant(operator, at, right["date"], as_of)
    if isinstance(right, bool):
        return lower(value) == str(right).lower()
    if isinstance(right, int):
        return _holds_of_number(operator, number(value), right * _PLACES)
    text, wanted = lower(value), lower(right)
    return {
        "equals": lambda: text == wanted,
        "contains": lambda: wanted in text,
        "starts_with": lambda: text.startswith(wanted),
        "ends_with": lambda: text.endswith(wanted),
        "matches": lambda: matches_pattern(value, right),
    }[operator]()


def _holds_of_number(operator: str, found: int | None, bound: int) -> bool:
    if found is None:
        return False
    return {
        "equals": found == bound,
        "not_equals": found != bound,
        "less_than": found < bound,
        "less_than_equal": found <= bound,
        "greater_than": found > bound,
        "greater_than_equal": found >= bound,
    }[operator]


def _holds_of_instant(operator: str, at: datetime, date: dict[str, Any], as_of: datetime) -> bool:
    if "absolute" in date:
        day = datetime.fromisoformat(date["absolute"])
        after = day + timedelta(days=1)
        return {
            "equals": day <= at < after,
            "less_than": at < day,
            "less_than_equal": at < after,
            "greater_than": at >= after,
            "greater_than_equal": at >= day,
        }[operator]
    relative = date["relative"]
    bound = as_of + timedelta(minutes=relative["offset"] * _MINUTES[relative["unit"]])
    return at <= bound if operator == "less_than_equal" else bound <= at < as_of
