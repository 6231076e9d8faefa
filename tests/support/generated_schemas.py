"""Definitions in the public schema from a seed, all of which can be translated, near the values of a world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.world_values import EVENT_ATTRIBUTES, EVENT_NAMES, TEXTS, USER_ATTRIBUTES

if TYPE_CHECKING:
    from datetime import date
    from random import Random

_TEXT = ("equals", "contains", "starts_with", "ends_with")
_ORDER = ("less_than", "less_than_equal", "greater_than", "greater_than_equal")
_USER = {name: kind for name, kind in USER_ATTRIBUTES.items() if kind != "list"}
#: Names of event attributes that a path of one word can have.
_EVENT = {name: kind for name, kind in EVENT_ATTRIBUTES.items() if "." not in name and name.isidentifier()}
_DISTANCES = (("day", 1), ("day", 7), ("day", 30), ("week", 2), ("hour", 36), ("month", 2), ("minute", 90))


class Schemas:
    """Definitions near a day."""

    def __init__(self, random: Random, day: date) -> None:
        self.random = random
        self.day = day

    def document(self) -> str:
        """The text of a definition."""
        return json.dumps({"schema_version": "1.0.0", "audience": self.expression(2)}, ensure_ascii=False)

    def expression(self, depth: int) -> dict[str, Any]:
        if depth and self.random.random() < 0.6:
            items = [self.expression(depth - 1) for _ in range(self.random.randint(1, 3))]
            return {"operator": self.random.choice(["and", "or"]), "expressions": items}
        return self.random.choice([self._user, self._user, self._range, self._seen, self._aggregate])()

    def _user(self) -> dict[str, Any]:
        name, kind = self.random.choice(list(_USER.items()))
        return self._condition({"model": "user", "path": f"user_attributes.{name}"}, kind)

    def _range(self) -> dict[str, Any]:
        """Several conditions on one value."""
        path = {"model": "user", "path": self.random.choice(["visits", "äö", "since", "first_seen"])}
        if path["path"] in ("since", "first_seen"):
            items = [self._dated(path) for _ in range(self.random.randint(2, 4))]
        else:
            ends = {"greater_than_equal": (-3, 0, 3), "less_than_equal": (3, 8, 60), "not_equals": (3, 8)}
            items = [
                {"operator": operator, "left": path, "right": self.random.choice(bounds)}
                for operator, bounds in ends.items()
            ][: self.random.randint(2, 3)]
        return {"operator": "and", "expressions": items}

    def _seen(self) -> dict[str, Any]:
        path = {"model": "user", "path": self.random.choice(["first_seen", "last_seen"])}
        return self._dated(path)

    def _condition(self, path: dict[str, Any], kind: str) -> dict[str, Any]:
        random = self.random
        if random.random() < 0.15:
            return {"operator": random.choice(["exists", "not_exists", "null", "not_null"]), "operand": path}
        if kind == "date" and random.random() < 0.7:
            return self._dated(path)
        if kind == "number" or (kind == "mixed" and random.random() < 0.4):
            operator, right = (
                random.choice([*_ORDER, "equals", "not_equals"]),
                random.choice([0, 3, 8, 60, -3]),
            )
        elif kind == "boolean":
            operator, right = random.choice(["equals", "not_equals"]), random.random() < 0.5
        else:
            operator, right = random.choice(_TEXT), random.choice([*TEXTS, "dra", "a", "RAM"])
            if random.random() < 0.2:
                operator, right = "matches", random.choice(["*", "dr*", "?rama", "d*a", ""])
            operator = f"not_{operator}" if random.random() < 0.4 else operator
        return {"operator": operator, "left": path, "right": right}

    def _dated(self, path: dict[str, Any]) -> dict[str, Any]:
        if self.random.random() < 0.5:
            day = date_text(self.day, self.random.choice([0, -1, -2, -7, -30, -60]))
            operator = self.random.choice([*_ORDER, "equals"])
            return {"operator": operator, "left": path, "right": {"date": {"absolute": day}}}
        unit, number = self.random.choice(_DISTANCES)
        operator = self.random.choice(["greater_than_equal", "less_than_equal"])
        relative = {"offset": -number, "unit": unit}
        return {"operator": operator, "left": path, "right": {"date": {"relative": relative}}}

    def _event(self, *, has_or: bool) -> dict[str, Any]:
        items = [
            _equals("event_type", "custom_event"),
            _equals("event_name", self.random.choice([name for name in EVENT_NAMES if name != "Heartbeat"])),
        ]
        if has_or and self.random.random() < 0.6:
            # Nothing beside it, so that users match in one way and not in the other.
            genre = {"model": "events", "path": "attributes.genre"}
            ways = [self._condition(genre, "text") for _ in range(self.random.randint(2, 3))]
            return {"operator": "and", "expressions": [*items, {"operator": "or", "expressions": ways}]}
        for name in self.random.sample(sorted(_EVENT), self.random.randint(0, 2)):
            items.append(self._condition({"model": "events", "path": f"attributes.{name}"}, _EVENT[name]))
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
            items.append(self._dated({"model": "events", "path": "timestamp"}))
        return {"operator": "and", "expressions": items}

    def _aggregate(self) -> dict[str, Any]:
        random = self.random
        function = random.choice(["count", "count", "count", "sum", "min", "max"])
        operator = random.choice([*_ORDER, "equals", "not_equals"])
        bound = random.choice([0, 1, 2, 3]) if function == "count" else random.choice([0, 3, 8, 60])
        is_presence = function == "count" and (operator, bound) in (
            ("greater_than", 0),
            ("greater_than_equal", 1),
            ("equals", 0),
            ("less_than", 1),
            ("less_than_equal", 0),
        )
        if function == "count" and random.random() < 0.5:
            operator, bound, is_presence = *random.choice([("greater_than", 0), ("equals", 0)]), True
        path = "timestamp" if function == "count" else random.choice(["price", "seconds"])
        left = {
            "operator": function,
            "group_by_model": "user",
            "operand": {"model": "events", "path": path},
            "condition": self._event(has_or=is_presence),
        }
        return {"operator": operator, "left": left, "right": bound}


def date_text(day: date, days: int) -> str:
    """The day so many days later."""
    return type(day).fromordinal(day.toordinal() + days).isoformat()


def _equals(path: str, value: str) -> dict[str, Any]:
    return {"operator": "equals", "left": {"model": "events", "path": path}, "right": value}
