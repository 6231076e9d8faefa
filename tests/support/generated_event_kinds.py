"""Criteria about what happens around an application: sessions, launches, attribution, carts that were left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.generated_operators import DURATIONS
from tests.support.oracle.app_events import APP_KINDS, OF_ALL_INPUTS

if TYPE_CHECKING:
    from random import Random

    from tests.support.generated_events import Events
    from tests.support.oracle.criteria import Scope

LENGTHS = ("0 minutes", "1 minute", "5 minutes", "60 minutes", "1 hour", "1 day")
_ATTRIBUTION_NAMES = (
    "attribution",
    "re-engagement",
    {"exact": "ATTRIBUTION"},
    {"contains": "e"},
    {"not_starts_with": "a"},
)
_CART_FIELDS = {"currency_code": "text", "coupon_code": "text", "transaction_id": "text", "genre": "text"}
_FOLLOW_UPS = ("purchase", "refund", "view_detail", "checkout", "remove_from_wishlist")


def app_criterion(kind: str, scope: Scope, events: Events) -> dict[str, Any]:
    """One criterion of a kind of APP_KINDS."""
    random = events.random
    body: dict[str, Any] = {}
    if kind == "session" and random.random() < 0.75:
        body["length"] = length(random)
    if kind == "attribution_event" and random.random() < 0.6:
        body["name"] = random.choice(_ATTRIBUTION_NAMES)
    if random.random() < 0.2:
        body["where"] = events.event_where()
    events.measure(kind, body)
    body |= events.window_and_batch() | narrowed(random, scope, kind in OF_ALL_INPUTS)
    return {kind: body or {"count": {"gte": 1}}}


def cart_criterion(scope: Scope, events: Events) -> dict[str, Any]:
    """A cart that was left."""
    random = events.random
    body: dict[str, Any] = {"wait": random.choice(["1 minute", "90 minutes", *DURATIONS])}
    if random.random() < 0.5:
        body["follow_up"] = random.choice(_FOLLOW_UPS)
    if random.random() < 0.35:
        body["product"] = events.line_where()
    if random.random() < 0.15:
        body["where"] = events.event_where(_CART_FIELDS)
    if random.random() < 0.2:
        body |= events.batch_condition()
    return {"cart_abandonment": body | narrowed(random, scope, sees_all_inputs=False)}


def length(random: Random) -> dict[str, Any]:
    """One or two operators on the length of a session."""
    operator = random.choice(["eq", "ne", "gt", "gte", "lt", "lte", "between"])
    first, last = sorted(random.choices(range(len(LENGTHS)), k=2))
    found: dict[str, Any] = {operator: LENGTHS[first]}
    if operator == "between":
        found = {operator: [LENGTHS[first], LENGTHS[last]]}
    if random.random() < 0.2:
        found.setdefault("ne", random.choice(LENGTHS))
    return found


def narrowed(random: Random, scope: Scope, sees_all_inputs: bool) -> dict[str, Any]:
    """Seldom an input, or a workspace, that the criterion looks at."""
    draw = random.random()
    if draw < 0.1:
        known = scope.settings["workspaces"]
        every = [f"{name}/{key}" for name in scope.workspaces for key in known[name]["inputs"]]
        return {"input": random.choice(every if sees_all_inputs else scope.inputs)}
    return {"workspace": random.choice(scope.workspaces)} if draw < 0.2 else {}


def event_kind_edges() -> list[dict[str, Any]]:
    """The same criteria for every world."""
    operators = ("eq", "ne", "gt", "gte", "lt", "lte")
    return [
        *({"session": {"length": {operator: "5 minutes"}}} for operator in operators),
        {"session": {"length": {"between": ["1 minute", "5 minutes"], "ne": "5 minutes"}}},
        {"session": {"length": {"ne": "1 minute"}, "count": {"eq": 0}}},
        *({kind: {"count": {"gte": 1}}} for kind in APP_KINDS),
        *({kind: {"count": {"gte": 2}, "ago": ["30 days", "12 hours"]}} for kind in APP_KINDS),
        *({"cart_abandonment": {"wait": wait}} for wait in ("90 minutes", "1 day", "3 days", "14 days")),
        {"cart_abandonment": {"wait": "90 minutes", "follow_up": "view_detail"}},
        {"cart_abandonment": {"wait": "90 minutes", "product": {"id": "sku-1"}}},
    ]
