"""Event criteria of every kind whose conditions come near what a world has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.generated_event_kinds import app_criterion, cart_criterion, narrowed
from tests.support.oracle.app_events import APP_KINDS
from tests.support.world_values import ACTIONS, EVENT_ATTRIBUTES, EVENT_NAMES, SCREENS, TYPES

if TYPE_CHECKING:
    from random import Random

    from tests.support.generated_facts import Facts
    from tests.support.generated_operators import Operators
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Value

PRODUCT_KINDS = {"id": "text", "category": "text", "price": "number", "quantity": "number", "brand": "text"}
PRODUCT_KINDS |= {
    "coupon_code": "text",
    "color": "text",
    "attribute.color": "text",
    "attribute.price": "number",
}
PROMOTION_KINDS = {"id": "text", "name": "text", "position": "text"}
FIELD_KINDS = {"total_amount": "number", "tax_amount": "number", "transaction_id": "text"}
FIELD_KINDS |= {"coupon_code": "text", "affiliation": "text", "currency_code": "text", "screen_name": "text"}
FIELD_KINDS |= {"attribute.total_amount": "number", "genre": "text", "price": "number"}
BATCH_KINDS = {"app_version": "version", "app_build": "version", "platform": "text", "os_version": "version"}
NAMED_KINDS = ("event", "screen_view", "ecommerce")
EVENT_KINDS = (*NAMED_KINDS, *APP_KINDS)


class Events:
    """Draws criteria of EVENT_KINDS, and carts that were left."""

    def __init__(self, random: Random, operators: Operators, facts: Facts) -> None:
        self.random = random
        self.operators = operators
        self.facts = facts

    def criterion(self, kind: str, scope: Scope) -> dict[str, Any]:
        """A criterion of one kind, with what it counts, its window and conditions."""
        if kind in APP_KINDS:
            return app_criterion(kind, scope, self)
        body = self._commerce() if kind == "ecommerce" else self._named(kind)
        self.measure(kind, body)
        return {kind: body | self.window_and_batch() | narrowed(self.random, scope, sees_all_inputs=False)}

    def cart(self, scope: Scope) -> dict[str, Any]:
        return cart_criterion(scope, self)

    def _commerce(self) -> dict[str, Any]:
        random = self.random
        body: dict[str, Any] = {
            "action": random.choice([*ACTIONS, "promotion_view", "promotion_click", "impression"])
        }
        if body["action"] == "remove_from_wish_list" and random.random() < 0.5:
            body["action"] = "remove_from_wishlist"
        if body["action"].startswith("promotion"):
            if random.random() < 0.6:
                body["promotion"] = self.line_where(PROMOTION_KINDS)
        elif random.random() < 0.4:
            body["product"] = self.line_where(PRODUCT_KINDS)
        if random.random() < 0.4:
            body["where"] = self.event_where(FIELD_KINDS)
        return body

    def _named(self, kind: str) -> dict[str, Any]:
        random = self.random
        body: dict[str, Any] = {}
        names: list[Value] = list(EVENT_NAMES if kind == "event" else SCREENS)
        draw = random.random()
        if draw < 0.5:
            body["name"] = random.choice([name for name in names if name != "Heartbeat"])
        elif draw < 0.8:
            body["name"] = self.operators.text(names)
        if kind == "event" and (not body or random.random() < 0.25):
            body["type"] = self.event_type()
        if random.random() < 0.4 or not body:
            body["where"] = self.event_where(EVENT_ATTRIBUTES)
        return body

    def event_type(self) -> Any:
        """A type of custom events as it was sent, in another case, or with an operator."""
        draw = self.random.random()
        if draw < 0.6:
            return self.random.choice(TYPES)
        return self.random.choice(TYPES).upper() if draw < 0.75 else self.operators.text(list(TYPES))

    def event_where(self, kinds: dict[str, str] = EVENT_ATTRIBUTES) -> dict[str, Any]:
        names = self.random.sample(sorted(kinds), self.random.choice([1, 1, 2]))
        values = self.facts.event_values
        return {name: self.condition(kinds[name], values[name.removeprefix("attribute.")]) for name in names}

    def line_where(self, kinds: dict[str, str] = PRODUCT_KINDS) -> dict[str, Any]:
        names = self.random.sample(sorted(kinds), self.random.choice([1, 1, 2]))
        values = self.facts.line_values
        return {name: self.condition(kinds[name], values[name.removeprefix("attribute.")]) for name in names}

    def condition(self, kind: str, values: list[Value]) -> Any:
        if kind == "text" and self.random.random() < 0.15:
            return self.operators.text_operand(values)
        return self.operators.for_values(kind, values, lists=False)

    def batch_condition(self) -> dict[str, Any]:
        name = self.random.choice(sorted(BATCH_KINDS))
        return {name: self.condition(BATCH_KINDS[name], self.facts.batch_values[name])}

    def window_and_batch(self) -> dict[str, Any]:
        """Often a window, sometimes a condition on the batch."""
        found = self.operators.window(self.facts.instants) if self.random.random() < 0.55 else {}
        return found | (self.batch_condition() if self.random.random() < 0.2 else {})

    def count(self) -> dict[str, Any]:
        random = self.random
        operator = random.choice(["eq", "ne", "gt", "gte", "gte", "lt", "lte", "between"])
        bound = random.choice([0, 1, 1, 2, 2, 3, 5])
        return {operator: [bound, bound + random.choice([0, 1, 3])] if operator == "between" else bound}

    def measure(self, kind: str, body: dict[str, Any]) -> None:
        """Add a count, an aggregate, or neither."""
        random = self.random
        draw = random.random()
        if draw < 0.35:
            return
        if draw < 0.65:
            body["count"] = self.count()
            return
        aggregate = random.choice(["sum", "average", "min", "max", "distinct", "distinct"])
        if random.random() < 0.6:
            # More events a user, so that one value comes more than once.
            body.pop("where", None)
            body.pop("product", None)
            if kind == "event":
                body.pop("name", None)
                body["type"] = self.event_type()
        over, values = self._aggregated(kind)
        if aggregate == "distinct":
            body[aggregate] = {**over, **self.count()}
        else:
            body[aggregate] = {**over, **self.operators.number([*values, "0"])}

    def _aggregated(self, kind: str) -> tuple[dict[str, str], list[Value]]:
        random = self.random
        if kind == "ecommerce" and random.random() < 0.5:
            name = random.choice(["price", "quantity", "id", "color", "attribute.price"])
            return {"product": name}, self.facts.line_values[name.removeprefix("attribute.")]
        names = ["seconds", "price", "genre", "total_amount", "käse"]
        if kind == "ecommerce":
            names += ["total_amount", "tax_amount", "attribute.total_amount"]
        name = random.choice(names)
        return {"attribute": name}, self.facts.event_values[name.removeprefix("attribute.")]
