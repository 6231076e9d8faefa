"""Sequences from a seed, made along events that some user has in that order, with bounds on their gaps or beside them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.generated_operators import DURATIONS
from tests.support.oracle.conditions import in_window
from tests.support.oracle.criteria import line_value, value_of
from tests.support.oracle.ingest import PRODUCT_FIELDS
from tests.support.oracle.values import duration, lower, plain_date
from tests.support.world_values import ACTIONS, EVENT_ATTRIBUTES, EVENT_NAMES, SCREENS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.support.generated_operators import Operators
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Event

MINUTE = timedelta(minutes=1)
NO_TIME = timedelta(0)
LINE_FIELDS = ("id", "category", "brand", "color", "attribute.color", "price")
COMMERCE_FIELDS = ("transaction_id", "coupon_code", "affiliation", "total_amount", "genre", "attribute.genre")
#: Events that a sequence can name and that come often enough.
NAMES = tuple(name for name in EVENT_NAMES if name != "Heartbeat")
#: Type of an event → the kind of criterion that chooses it whatever it is called.
_APP_STEPS = {
    "session_start": "session",
    "first_run": "install",
    "crash_report": "crash",
    "uninstall": "uninstall",
}


def minutes(length: timedelta) -> str:
    return f"{length // MINUTE} minutes"


class Sequences:
    """Draws `sequence` with its window; `further` draws conditions on attributes of an event."""

    def __init__(
        self,
        random: Random,
        events: list[tuple[int, Event]],
        operators: Operators,
        further: Callable[[], dict[str, Any]],
    ) -> None:
        self.random = random
        self.operators = operators
        self.further = further
        self.events_of: dict[int, list[Event]] = defaultdict(list)
        for mpid, event in sorted(events, key=lambda pair: (pair[1].at, pair[1].order.key())):
            is_named = event.event_type in ("custom_event", "screen_view", *_APP_STEPS)
            if is_named or event.action is not None:
                self.events_of[mpid].append(event)

    def draw(self, scope: Scope) -> dict[str, Any]:
        chain = self._chain(scope)
        steps: list[dict[str, Any]] = []
        for place, event in enumerate(chain):
            step = self._events(event, scope)
            if place:
                if self.random.random() < 0.8:
                    self._compare(step, event, chain[:place], steps)
                after = self._after(event.at - chain[place - 1].at)
                if after:
                    step["after"] = after
            steps.append(step)
        if len(steps) < 2 or self.random.random() < 0.25:
            steps.append(self._not(chain, steps, scope))
        found: dict[str, Any] = {"sequence": steps}
        if self.random.random() < 0.4:
            instants = [event.at for event in chain]
            window = self.operators.window(instants)
            for _ in range(3):
                if all(in_window(*next(iter(window.items())), at, scope.as_of) for at in instants):
                    break
                window = self.operators.window(instants)
            found |= window if _fits(steps, window) else {}
        return found

    def _chain(self, scope: Scope) -> list[Event]:
        """One to four events of one user in order, mostly each later than the one before."""
        random = self.random
        begins = None if scope.lookback == "unlimited" else scope.as_of - duration(scope.lookback)
        seen = {
            mpid: [
                event
                for event in events
                if f"{event.workspace}/{event.input}" in scope.inputs
                and (begins is None or event.at >= begins)
            ]
            for mpid, events in self.events_of.items()
        }
        users = [mpid for mpid, events in seen.items() if len(events) > 2]
        events = seen[random.choice(users)] if users else next(iter(self.events_of.values()))
        pairs = [
            (one, other)
            for place, one in enumerate(events)
            for other in events[place + 1 :]
            if one.at < other.at and (_same_fields(one, other) or _same_lines(one, other))
        ]
        if pairs and random.random() < 0.6:
            pair = list(random.choice(pairs))
            between = [event for event in events if pair[0].at < event.at < pair[1].at]
            return [
                pair[0],
                *([random.choice(between)] if between and random.random() < 0.3 else []),
                pair[1],
            ]
        count = min(len(events), random.choice([1, 2, 2, 2, 2, 3, 3, 4]))
        places = sorted(random.sample(range(len(events)), count))
        if random.random() < 0.05:
            places.reverse()
        return [events[place] for place in places]

    def _events(self, event: Event, scope: Scope) -> dict[str, Any]:
        """A step that the event fills, mostly."""
        draw = self.random.random()
        narrowed: dict[str, Any] = {"app_version": {"exists": "app_version" in event.batch_fields}}
        if draw < 0.5 and f"{event.workspace}/{event.input}" in scope.inputs:
            narrowed = {"input": f"{event.workspace}/{event.input}"}
        elif draw < 0.8 and event.workspace in scope.workspaces:
            narrowed = {"workspace": event.workspace}
        if event.event_type in _APP_STEPS:
            return {_APP_STEPS[event.event_type]: narrowed}
        kind, body = next(iter(self._named_events(event).items()))
        return {kind: body | narrowed if self.random.random() < 0.15 else body}

    def _named_events(self, event: Event) -> dict[str, Any]:
        random = self.random
        if event.event_type == "commerce_event":
            body: dict[str, Any] = {"action": event.action}
            if random.random() < 0.05:
                body["action"] = random.choice(ACTIONS)
            if event.products and random.random() < 0.25:
                body["product"] = {"category": {"exists": random.random() < 0.8}}
            return {"ecommerce": body}
        kind = "event" if event.event_type == "custom_event" else "screen_view"
        name = event.data.get("event_name") or event.data.get("screen_name")
        body = {}
        draw = random.random()
        if draw < 0.35 and name in (*NAMES, *SCREENS):
            body["name"] = name
        elif draw < 0.6:
            body["name"] = {"contains": random.choice("aeiP")}
        elif draw < 0.75 and kind == "event":
            body["type"] = event.data.get("custom_event_type", random.choice(TYPES))
        else:
            body["name"] = {"pattern": "*"}
        if random.random() < 0.08:
            body["where"] = self.further()
        return {kind: body}

    def _compare(
        self, step: dict[str, Any], event: Event, before: list[Event], steps: list[dict[str, Any]]
    ) -> None:
        """`same_as`, mostly of a field that is the same in the events at hand."""
        random = self.random
        kind, body = next(iter(step.items()))
        for _ in range(random.choice([1, 1, 1, 2])):
            number = random.randint(1, len(before))
            earlier = before[number - 1]
            lines = _same_lines(event, earlier)
            if kind == "ecommerce" and next(iter(steps[number - 1])) == "ecommerce" and random.random() < 0.7:
                if lines or random.random() < 0.3:
                    _put(body.setdefault("product", {}), random.choice(lines or LINE_FIELDS), number)
                continue
            names = COMMERCE_FIELDS if kind == "ecommerce" else tuple(EVENT_ATTRIBUTES)
            fields = [name for name in _same_fields(event, earlier) if name in names]
            if fields or random.random() < 0.15:
                _put(body.setdefault("where", {}), random.choice(fields or names), number)

    def _after(self, gap: timedelta) -> dict[str, str]:
        random = self.random
        draw = random.random()
        if draw < 0.4:
            return {}
        if draw < 0.55:
            return {"at_most": random.choice(DURATIONS)}
        if draw < 0.6:
            return {"at_least": random.choice([*DURATIONS[:6], "0 minutes", "0 days"])}
        # On the gap where that is whole minutes, else the minute below or above it.
        around = [gap // MINUTE * MINUTE + change * MINUTE for change in (-1, 0, 0, 1)]
        bound = random.choice([length for length in around if length > NO_TIME] or [MINUTE])
        if draw < 0.8:
            return {"at_most": minutes(bound)}
        if draw < 0.92:
            return {"at_least": minutes(bound)}
        return {"at_least": minutes(bound), "at_most": minutes(bound + random.choice([0, 1, 1440]) * MINUTE)}

    def _not(self, chain: list[Event], steps: list[dict[str, Any]], scope: Scope) -> dict[str, Any]:
        random = self.random
        event = random.choice(random.choice(list(self.events_of.values())))
        step = self._events(event, scope)
        if random.random() < 0.8:
            self._compare(step, event, chain, steps)
        rest = scope.as_of - chain[-1].at
        ends = [rest // MINUTE * MINUTE + change * MINUTE for change in (-1, 0, 0)]
        length = random.choice([each for each in ends if each > NO_TIME] or [MINUTE])
        at_most = minutes(length) if random.random() < 0.3 else random.choice(DURATIONS[:10])
        return {"not": step, "after": {"at_most": at_most}}


def _put(conditions: dict[str, Any], name: str, number: int) -> None:
    there = conditions.get(name, {})
    if isinstance(there, dict):
        conditions[name] = {**there, "same_as": number}


def _same_fields(one: Event, other: Event) -> list[str]:
    """Fields of the two events that are equal, by the names that `where` has for them on `one`."""
    names = COMMERCE_FIELDS if one.event_type == "commerce_event" else tuple(EVENT_ATTRIBUTES)
    return [name for name in names if _equal(_field(one, name), _field(other, name))]


def _same_lines(one: Event, other: Event) -> list[str]:
    """Fields on which some product lines of the two events are equal."""
    return [
        name
        for name in LINE_FIELDS
        if any(
            _equal(line_value(PRODUCT_FIELDS, line)(name), line_value(PRODUCT_FIELDS, earlier)(name))
            for line in one.products
            for earlier in other.products
        )
    ]


def _field(event: Event, name: str) -> Any:
    return value_of("ecommerce" if event.event_type == "commerce_event" else "event", event)(name)


def _equal(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and lower(one) == lower(other)


def _fits(steps: list[dict[str, Any]], window: dict[str, Any]) -> bool:
    """Whether the bounds leave room in the window: what can never hold is an error."""
    needed = NO_TIME
    for step in steps[1:]:
        bound = step.get("after", {}).get("at_most" if "not" in step else "at_least")
        needed += MINUTE if bound is None else max(duration(bound), MINUTE)
    (operator, operand), *_ = window.items()
    length = _length(operator, operand)
    return length is None or needed < length


def _length(operator: str, operand: Any) -> timedelta | None:
    match operator:
        case "within":
            return duration(operand)
        case "ago":
            return duration(operand[0]) - duration(operand[1])
        case "on":
            return timedelta(days=1)
        case "between_dates":
            return plain_date(operand[1]) - plain_date(operand[0]) + timedelta(days=1)
        case _:
            return None
