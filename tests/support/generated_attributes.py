"""Calculated attributes from a seed, and criteria that come near their values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.support.generated_operators import DURATIONS
from tests.support.oracle.calculated import WITHOUT_VALUE, Calculated, number_text
from tests.support.world_calculated import EVENT
from tests.support.world_values import TYPES
from tests.support.worlds import EDGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from tests.support.generated_operators import Operators
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Value

FUNCTIONS = (
    *("count", "sum", "min", "max", "average", "average", "most_frequent", "unique_count", "unique_list"),
    *("first_value", "last_value", "first_timestamp", "last_timestamp"),
)
NUMBERS = ("count", "sum", "min", "max", "average", "unique_count")
INPUTS = ("shop/ios", "shop/web", "club/till")
#: What can't stand below `of`: amounts and windows.
_NOT_OF_SELECTION = (
    *("count", "sum", "average", "min", "max", "distinct"),
    *("before", "after", "on", "between_dates", "within", "ago"),
)
_EVENT_FIELDS = (
    "seconds",
    "price",
    "genre",
    "flag",
    "when",
    "käse",
    "version",
    "it's",
    "{{ 1+1 }}",
    "total_amount",
)
_COMMERCE_FIELDS = (
    "total_amount",
    "tax_amount",
    "currency_code",
    "transaction_id",
    "attribute.total_amount",
    "genre",
)
_PRODUCT_FIELDS = ("price", "price", "quantity", "id", "category", "brand", "color", "attribute.price")
_PROMOTION_FIELDS = ("id", "name", "position")


class Attributes:
    """Draws definitions; `event_criterion` gives an event criterion of a scope."""

    def __init__(
        self, random: Random, as_of: datetime, event_criterion: Callable[[Scope], dict[str, Any]]
    ) -> None:
        self.random = random
        self.as_of = as_of
        self.event_criterion = event_criterion

    def definition(self, number: int, scope: Scope) -> dict[str, Any]:
        random = self.random
        attribute: dict[str, Any] = {"attribute": f"c{number:02d}", "function": random.choice(FUNCTIONS)}
        inputs = random.sample(INPUTS, random.choice([1, 2])) if random.random() < 0.3 else list(INPUTS)
        if len(inputs) < len(INPUTS):
            attribute["inputs"] = inputs
        kind, body = self.events(scope)
        if "input" in body:
            body["input"] = random.choice(inputs)
        elif "workspace" in body:
            body["workspace"] = random.choice(inputs).split("/")[0]
        attribute["of"] = {kind: body}
        if attribute["function"] not in WITHOUT_VALUE:
            attribute["value"] = self.value(kind, body)
        draw = random.random()
        if draw < 0.3:
            day = self.as_of - random.choice(EDGES)
            attribute["since"] = f"{day:%Y-%m-%d}"
        elif draw < 0.6:
            attribute["within"] = random.choice(DURATIONS)
        return attribute

    def events(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        """Mostly wide choices, so that users have several values."""
        random = self.random
        draw = random.random()
        if draw < 0.25:
            return "event", {"name": EVENT}
        if draw < 0.4:
            return "event", random.choice([{"type": random.choice(TYPES)}, {"name": {"contains": "a"}}])
        if draw < 0.65:
            actions = ("purchase", "purchase", "view_detail", "add_to_cart", "promotion_view", "impression")
            return "ecommerce", {"action": random.choice(actions)}
        kind, body = next(iter(self.event_criterion(scope).items()))
        kept = {key: value for key, value in body.items() if key not in _NOT_OF_SELECTION}
        return (kind, kept) if kept else ("event", {"type": random.choice(TYPES)})

    def value(self, kind: str, body: dict[str, Any]) -> Any:
        random = self.random
        if kind != "ecommerce" and (body.get("name") == EVENT or random.random() < 0.3):
            name = random.choice(["score", "label"])
        elif kind != "ecommerce":
            name = random.choice(_EVENT_FIELDS)
        elif body["action"].startswith("promotion") and random.random() < 0.6:
            return {"promotion": random.choice(_PROMOTION_FIELDS)}
        elif random.random() < 0.6:
            return {"product": random.choice(_PRODUCT_FIELDS)}
        else:
            name = random.choice(_COMMERCE_FIELDS)
        return name if random.random() < 0.6 else {"attribute": name}


def edge_attributes() -> list[dict[str, Any]]:
    """Every function over what each generated world has much of, under ids of their own."""
    ratings = {"event": {"name": EVENT}}
    purchases = {"ecommerce": {"action": "purchase"}}
    shoes = {"ecommerce": {"action": "purchase", "product": {"category": "shoes"}}}
    views = {"ecommerce": {"action": "promotion_view", "promotion": {"name": "sale"}}}
    drawn: list[tuple[str, dict[str, Any], Any]] = []
    for function in dict.fromkeys(FUNCTIONS):
        if function in WITHOUT_VALUE:
            drawn += [(function, events, None) for events in (ratings, purchases)]
        else:
            drawn += [(function, ratings, name) for name in ("score", "label")]
            drawn += [(function, shoes, {"product": name}) for name in ("price", "id")]
    drawn += [
        ("average", purchases, {"product": "price"}),
        ("average", purchases, {"product": "quantity"}),
        ("average", purchases, "total_amount"),
        ("first_value", views, {"promotion": "id"}),
        ("last_value", views, {"promotion": "id"}),
        ("most_frequent", views, {"promotion": "id"}),
        ("unique_list", views, {"promotion": "id"}),
    ]
    return [
        {
            "attribute": f"edge_{number}",
            "function": function,
            "of": events,
            **({} if value is None else {"value": value}),
        }
        for number, (function, events, value) in enumerate(drawn)
    ]


def calculated_criterion(
    definition: dict[str, Any], values: list[Calculated], operators: Operators
) -> dict[str, Any]:
    """A criterion on the attribute with an operator that can read its value."""
    texts: list[Value] = [number_text(value) if isinstance(value, Fraction) else value for value in values]
    function = definition["function"]
    random = operators.random
    if random.random() < 0.12:
        found = operators.exists(texts)
    elif function in NUMBERS:
        found = operators.number([*texts, "0"])
    elif function.endswith("_timestamp"):
        found = operators.date(texts)
    elif function == "unique_list":
        found = operators.list(texts)
    else:
        draw = random.choice(
            [
                operators.text,
                operators.text,
                operators.number,
                operators.date,
                operators.version,
                operators.boolean,
            ]
        )
        found = draw(texts)
    return {"calculated": {"attribute": definition["attribute"], **found}}
