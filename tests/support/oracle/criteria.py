"""The set of users that a criterion denotes (spec §4.1, §4.3, §4.4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.support.oracle import calculated, sequences
from tests.support.oracle.app_events import APP_KINDS, OF_ALL_INPUTS, is_app_event, length_condition
from tests.support.oracle.carts import users_who_left_a_cart
from tests.support.oracle.conditions import (
    DATE_OPERATORS,
    MISSING,
    Condition,
    Missing,
    compare,
    conditions,
    in_window,
    one_holds,
    units,
    users_with,
)
from tests.support.oracle.ingest import EVENT_FIELDS, PRODUCT_FIELDS, PROMOTION_FIELDS
from tests.support.oracle.named_files import of_list, of_model
from tests.support.oracle.places import PLACE_KINDS, choose
from tests.support.oracle.since import of_members_since
from tests.support.oracle.values import duration, lower, number, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.support.oracle.profiles import Known, Profile
    from tests.support.oracle.records import Event, Listed, Value

AGGREGATES = ("sum", "average", "min", "max", "distinct")
PROFILE_INSTANTS = ("first_seen", "last_seen", "first_active", "last_active")
BATCH_FIELDS = ("app_version", "app_build", "platform", "os_version")
EVENT_KINDS = ("event", "screen_view", "ecommerce", *APP_KINDS)


@dataclass
class Scope:
    """What one audience looks at. `members` gives another audience's members with their variants, `models` the
    rows of each, `attributes` the values of a calculated attribute, `runs` who was in an audience at earlier instants.
    """

    known: Known
    settings: dict[str, Any]
    workspaces: tuple[str, ...]
    inputs: tuple[str, ...]
    lookback: str
    members: Callable[[str], dict[int, str | None]]
    lists: dict[str, Listed]
    models: dict[str, list[tuple[int | None, dict[str, str | None]]]]
    attributes: Callable[[str], dict[int, calculated.Calculated]]
    runs: Callable[[str], list[tuple[datetime, frozenset[int]]]]

    @property
    def as_of(self) -> datetime:
        return self.known.as_of

    def population(self) -> set[int]:
        return {mpid for workspace, mpid in self.known.profiles if workspace in self.workspaces}

    def profiles(self, body: dict[str, Any]) -> list[tuple[str, int, Profile]]:
        workspaces = (body["workspace"],) if "workspace" in body else self.workspaces
        return [
            (workspace, mpid, profile)
            for (workspace, mpid), profile in self.known.profiles.items()
            if workspace in workspaces
        ]


def evaluate(criteria: dict[str, Any], scope: Scope) -> set[int]:
    """A mapping: its keys are joined by `all`, then `exclude` is taken off."""
    population = scope.population()
    result = set(population)
    window = {name: criteria[name] for name in DATE_OPERATORS if name in criteria}
    for kind, body in criteria.items():
        if kind == "sequence":
            result &= sequences.users(body, window, scope, population)
        elif kind != "exclude" and kind not in window:
            result &= _criterion(kind, body, scope, population)
    for item in criteria.get("exclude", []):
        result -= evaluate(item, scope)
    return result


def _criterion(kind: str, body: Any, scope: Scope, population: set[int]) -> set[int]:
    if kind == "all":
        return population.intersection(*(evaluate(item, scope) for item in body))
    if kind == "any":
        return set().union(*(evaluate(item, scope) for item in body))
    if kind == "none":
        return population.difference(*(evaluate(item, scope) for item in body))
    if kind in EVENT_KINDS:
        return _events(kind, body, scope, population)
    if kind in PROFILE_INSTANTS:
        return _profile_instant(kind, body, scope, population)
    if kind in PLACE_KINDS:
        return choose(kind, body, scope, population)
    match kind:
        case "user":
            return _user(body, scope, population)
        case "identity":
            return _identity(body, scope, population)
        case "calculated":
            return calculated.with_calculated_value(body, scope, population)
        case "consent":
            return _consent(body, scope, population)
        case "audience":
            return _audience(body, scope, population)
        case "cart_abandonment":
            chosen = partial(_chosen_events, "ecommerce", scope=scope)
            return population & users_who_left_a_cart(body, chosen, scope.as_of)
        case "member_since":
            return of_members_since(body, scope, population)
        case "list":
            return of_list(body, scope, population)
        case "model":
            return of_model(body, scope, population)
        case _:
            raise AssertionError(kind)


def _operators(body: dict[str, Any], *others: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in (*others, "workspace")}


def _user(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    key = lower(written(body["attribute"]))
    rows = [
        (mpid, {"value": profile.attributes[key][1]})
        for _, mpid, profile in scope.profiles(body)
        if key in profile.attributes
    ]
    wanted = conditions("value", _operators(body, "attribute"))
    return users_with(wanted, rows, population, scope.as_of)


def _identity(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    rows = [
        (mpid, {"value": value})
        for _, mpid, profile in scope.profiles(body)
        for identity_type, value in profile.identities
        if identity_type == body["type"]
    ]
    wanted = conditions("value", _operators(body, "type") or {"exists": True})
    return users_with(wanted, rows, population, scope.as_of)


def _profile_instant(kind: str, body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    choose = min if kind.startswith("first") else max
    instants: dict[int, datetime] = {}
    for _, mpid, profile in scope.profiles(body):
        at = getattr(profile, kind)
        if at is not None:
            instants[mpid] = choose(instants.get(mpid, at), at)
    operators = _operators(body)
    return {
        mpid
        for mpid in population
        if mpid in instants
        and all(in_window(name, operand, instants[mpid], scope.as_of) for name, operand in operators.items())
    }


def _consent(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    # CCPA has one purpose, which need not be written.
    key = (lower(body["regulation"]), lower(body.get("purpose", "data_sale_opt_out")))
    newest: dict[int, tuple[tuple[Any, ...], bool]] = {}
    for _, mpid, profile in scope.profiles(body):
        if key in profile.consents:
            newest[mpid] = max(newest.get(mpid, profile.consents[key]), profile.consents[key])
    states = {mpid: "granted" if consented else "denied" for mpid, (_, consented) in newest.items()}
    return {mpid for mpid in population if states.get(mpid, "not_present") == body["state"]}


def _audience(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    members = scope.members(body["in"] if "in" in body else body["not_in"])
    if "variant" in body:
        found = {mpid for mpid, variant in members.items() if variant == body["variant"]}
    else:
        found = set(members)
    return population & found if "in" in body else population - found


def value_of(kind: str, event: Event) -> Callable[[str], Value | Missing]:
    """What `where` names: on a commerce event a field of its own wins over a custom attribute of its name."""

    def value(name: str) -> Value | Missing:
        if kind == "ecommerce":
            if name in EVENT_FIELDS:
                return event.fields.get(name, MISSING)
            name = name.removeprefix("attribute.")
        return event.attributes.get(name, MISSING)

    return value


def line_value(own: tuple[str, ...], line: dict[str, Value]) -> Callable[[str], Value | Missing]:
    """A field of a line by its name; any other name, and `attribute.NAME`, is a custom attribute of the line."""

    def value(name: str) -> Value | Missing:
        key = name if name in own else f"attribute.{name.removeprefix('attribute.')}"
        return line.get(key, MISSING)

    return value


def _name_conditions(field: str, name: Any) -> list[Condition]:
    """A plain name is the name as it was sent, case and all; operators match like any text."""
    return conditions(field, name) if isinstance(name, dict) else [Condition(field, "as sent", name, False)]


def _all_conditions(body: dict[str, Any], key: str) -> list[Condition]:
    return [
        condition
        for field, operators in body.get(key, {}).items()
        for condition in conditions(field, operators)
    ]


def _seen_inputs(kind: str, body: dict[str, Any], scope: Scope) -> list[str]:
    inputs = list(scope.inputs)
    if kind in OF_ALL_INPUTS:
        known = scope.settings["workspaces"]
        inputs = [f"{name}/{key}" for name in scope.workspaces for key in known[name]["inputs"]]
    return [
        key
        for key in inputs
        if key == body.get("input", key) and key.split("/")[0] == body.get("workspace", key.split("/")[0])
    ]


def event_chooser(kind: str, body: dict[str, Any], scope: Scope) -> Callable[[Event], bool]:
    inputs = _seen_inputs(kind, body, scope)
    has_length = length_condition(body, scope.known)
    hidden_names = {
        name for name, tier in scope.settings.get("event_tiers", {}).items() if tier != "personalize"
    }
    window = [(name, body[name]) for name in DATE_OPERATORS if name in body]
    where = _all_conditions(body, "where")
    product = _all_conditions(body, "product")
    promotion = _all_conditions(body, "promotion")
    batch = [condition for name in BATCH_FIELDS if name in body for condition in conditions(name, body[name])]
    named = _name_conditions("name", body["name"]) if "name" in body else []
    typed = conditions("type", body["type"]) if "type" in body else []
    as_of = scope.as_of

    def in_scope(event: Event) -> bool:
        if f"{event.workspace}/{event.input}" not in inputs:
            return False
        if scope.lookback != "unlimited" and event.at < as_of - duration(scope.lookback):
            return False
        return all(in_window(name, operand, event.at, as_of) for name, operand in window)

    def of_kind(event: Event) -> bool:
        if kind == "ecommerce":
            action = body["action"].replace("remove_from_wishlist", "remove_from_wish_list")
            return event.event_type == "commerce_event" and event.action == action
        if kind in APP_KINDS and not is_app_event(kind, event):
            return False
        if kind in ("event", "screen_view") and event.event_type != (
            "custom_event" if kind == "event" else "screen_view"
        ):
            return False
        if kind in APP_KINDS and kind != "attribution_event":
            # They have no names, so no tiers either.
            return has_length(event)
        name = event.data.get("event_name")
        if kind == "screen_view":
            name = event.data.get("screen_name") or name
        if name in hidden_names:
            return False
        sent = event.data.get("custom_event_type")
        if typed and not one_holds(typed, lambda _: MISSING if sent is None else sent, as_of):
            return False
        for condition in named:
            if condition.operator == "as sent":
                if name != condition.operand:
                    return False
            elif not one_holds([condition], lambda _: MISSING if name is None else name, as_of):
                return False
        return True

    def chosen(event: Event) -> bool:
        if not in_scope(event) or not of_kind(event):
            return False
        if not one_holds(where, value_of(kind, event), as_of):
            return False
        if not one_holds(batch, lambda field: event.batch_fields.get(field, MISSING), as_of):
            return False
        if product and not matching_lines(event.products, PRODUCT_FIELDS, product, as_of):
            return False
        return not promotion or bool(matching_lines(event.promotions, PROMOTION_FIELDS, promotion, as_of))

    return chosen


def matching_lines(
    lines: tuple[dict[str, Value], ...], own: tuple[str, ...], wanted: list[Condition], as_of: datetime
) -> list[dict[str, Value]]:
    """The product lines or promotions on which all conditions hold."""
    return [line for line in lines if one_holds(wanted, line_value(own, line), as_of)]


def _chosen_events(kind: str, body: dict[str, Any], scope: Scope) -> dict[int, list[Event]]:
    chosen = event_chooser(kind, body, scope)
    events_of: dict[int, list[Event]] = defaultdict(list)
    for mpid, event in scope.known.events:
        if chosen(event):
            events_of[mpid].append(event)
    return events_of


def _events(kind: str, body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    events_of = _chosen_events(kind, body, scope)
    aggregate = next((name for name in AGGREGATES if name in body), None)
    if aggregate is None:
        comparison = body.get("count", {"gte": 1})
        return {
            mpid
            for mpid in population
            if _compares(comparison, lambda mpid=mpid: (len(events_of[mpid]) * 10**9, 1))
        }
    wanted = body[aggregate]
    comparison = {name: bound for name, bound in wanted.items() if name not in ("attribute", "product")}
    product = _all_conditions(body, "product")

    def values(mpid: int) -> list[str]:
        if "product" in wanted:
            found = [
                line_value(PRODUCT_FIELDS, line)(wanted["product"])
                for event in events_of[mpid]
                for line in matching_lines(event.products, PRODUCT_FIELDS, product, scope.as_of)
            ]
        else:
            found = [value_of(kind, event)(wanted["attribute"]) for event in events_of[mpid]]
        return [value for value in found if isinstance(value, str)]

    return {
        mpid
        for mpid in population
        if _compares(comparison, lambda mpid=mpid: _aggregate(aggregate, values(mpid)))
    }


def _aggregate(name: str, values: list[str]) -> tuple[int, int] | None:
    """The aggregate as a total in units of 10⁻⁹ and the count that divides it; None where it has no value."""
    if name == "distinct":
        return len(set(values)) * 10**9, 1
    numbers = [read for read in map(number, values) if read is not None]
    match name:
        case "sum":
            return sum(numbers), 1
        case "average":
            return (sum(numbers), len(numbers)) if numbers else None
        case "min":
            return (min(numbers), 1) if numbers else None
        case "max":
            return (max(numbers), 1) if numbers else None
        case _:
            raise AssertionError(name)


def _compares(comparison: dict[str, Any], measure: Callable[[], tuple[int, int] | None]) -> bool:
    measured = measure()
    total, count = measured or (0, 1)

    def read(bound: Any) -> int:
        return units(bound) * count

    return all(
        (measured is not None and compare(condition.operator, total, condition.operand, read))
        is not condition.negative
        for condition in conditions("value", comparison)
    )
