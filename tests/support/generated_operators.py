"""Operators with operands that values of the world come close to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.oracle.values import instant, number, version, written
from tests.support.worlds import EDGES

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from tests.support.oracle.records import Value

DURATIONS = (
    *(
        "90 minutes",
        "12 hours",
        "1 day",
        "2 days",
        "3 days",
        "4 days",
        "6 days",
        "1 week",
        "7 days",
        "2 weeks",
    ),
    *("14 days", "30 days", "1 month", "45 days", "60 days", "2 months", "90 days"),
)
TEXT_OPERATORS = ("exact", "contains", "starts_with", "ends_with", "pattern", "in")
NUMBER_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "between")


def _texts(values: list[Value]) -> list[str]:
    return [value for value in values if isinstance(value, str)] + [
        element for value in values if isinstance(value, tuple) for element in value if element is not None
    ]


def _sorted_durations(random: Random) -> list[str]:
    return [DURATIONS[place] for place in sorted(random.sample(range(len(DURATIONS)), 2), reverse=True)]


def plain(number_of_units: int) -> int | Decimal:
    """A bound as a definition writes it, from units of 10⁻⁹."""
    whole, rest = divmod(number_of_units, 10**9)
    return whole if rest == 0 else Decimal(f"{number_of_units}e-9")


def units_of(bound: int | Decimal | str) -> int:
    """The bound in units of 10⁻⁹."""
    return number(written(bound)) or 0


class Operators:
    """Draws operator mappings; `as_of` is where windows end."""

    def __init__(self, random: Random, as_of: datetime) -> None:
        self.random = random
        self.as_of = as_of

    def text_operand(self, values: list[Value]) -> str:
        random = self.random
        # A definition can't write control characters other than those of white space.
        usable = [text for text in _texts(values) if "\0" not in text]
        text = random.choice(usable or ["drama"])
        change = random.random()
        if change < 0.3:
            return text.swapcase()
        if change < 0.35:
            return text + "x"
        return text

    def part(self, values: list[Value]) -> str:
        text = self.text_operand(values) or "a"
        start = self.random.randrange(len(text))
        return text[start : start + self.random.randint(1, 4)]

    def pattern(self, values: list[Value]) -> str:
        random = self.random
        pieces: list[str] = []
        text = self.text_operand(values)
        place = 0
        while place < len(text):
            draw = random.random()
            if draw < 0.15:
                pieces.append("?")
            elif draw < 0.3:
                pieces.append("*")
                place += random.randrange(4)
            else:
                point = text[place]
                pieces.append(f"\\{point}" if point in "*?\\" or random.random() < 0.05 else point)
            place += 1
        return "".join(pieces) or "*"

    def text(self, values: list[Value]) -> dict[str, Any]:
        random = self.random
        operator = random.choice(TEXT_OPERATORS)
        match operator:
            case "exact":
                operand: Any = self.text_operand(values)
                if random.random() < 0.1:
                    # A scalar is taken as it is written.
                    operand = random.choice([True, 8, Decimal("8.0"), Decimal("7.5"), 60])
            case "contains":
                operand = self.part(values)
            case "starts_with":
                operand = self.text_operand(values)[: random.randint(1, 4)] or "a"
            case "ends_with":
                operand = self.text_operand(values)[-random.randint(1, 4) :] or "a"
            case "pattern":
                operand = self.pattern(values)
            case _:
                operand = list(dict.fromkeys(self.text_operand(values) for _ in range(3)))
        return {f"not_{operator}" if random.random() < 0.35 else operator: operand}

    def bound(self, values: list[Value]) -> int | Decimal | str:
        random = self.random
        read = [units for units in map(number, _texts(values)) if units is not None]
        units = random.choice(read) if read and random.random() < 0.85 else random.randrange(100) * 10**9
        units += random.choice([0, 0, 0, 0, 1, -1, 10**9])
        found = plain(max(min(units, 10**38 - 1), -(10**38) + 1))
        return (
            found if random.random() < 0.9 else f"{found:f}" if isinstance(found, Decimal) else f"{found}e0"
        )

    def number(self, values: list[Value]) -> dict[str, Any]:
        operator = self.random.choice(NUMBER_OPERATORS)
        if operator == "between":
            return {operator: sorted([self.bound(values), self.bound(values)], key=units_of)}
        found: dict[str, Any] = {operator: self.bound(values)}
        if self.random.random() < 0.15:
            found.setdefault("ne", self.bound(values))
        return found

    def window(self, instants: list[datetime]) -> dict[str, Any]:
        """One date operator."""
        random = self.random
        operator = random.choice(["within", "within", "ago", "before", "after", "on", "between_dates"])
        if operator == "within":
            return {operator: random.choice(DURATIONS)}
        if operator == "ago":
            ends = _sorted_durations(random)
            return {operator: ends if random.random() < 0.85 else [ends[0], "0 days"]}
        days = [random.choice(instants or [self.as_of]), self.as_of - random.choice(EDGES)]
        days = sorted(day + random.choice([-1, 0, 0, 1]) * timedelta(days=1) for day in days)
        if operator == "between_dates":
            return {operator: [f"{day:%Y-%m-%d}" for day in days]}
        return {operator: f"{random.choice(days):%Y-%m-%d}"}

    def date(self, values: list[Value]) -> dict[str, Any]:
        read = [at for at in map(instant, _texts(values)) if at is not None and at.year > 1900]
        return self.window(read)

    def version(self, values: list[Value]) -> dict[str, Any]:
        random = self.random
        read = [text for text in _texts(values) if version(text) is not None] or ["2.10"]
        operator = random.choice(["eq", "eq", "ne", "gt", "gte", "lt", "lte"])
        return {"version": {operator: random.choice(read)}}

    def list(self, values: list[Value]) -> dict[str, Any]:
        operator = self.random.choice(["includes", "not_includes", "partial", "not_partial"])
        return {operator: self.part(values) if "partial" in operator else self.text_operand(values)}

    def boolean(self, values: list[Value]) -> dict[str, Any]:
        del values
        return {"is": self.random.random() < 0.5}

    def exists(self, values: list[Value]) -> dict[str, Any]:
        del values
        return {"exists": self.random.random() < 0.5}

    def for_values(self, kind: str, values: list[Value], lists: bool = True) -> dict[str, Any]:
        """One or two operators that suit the kind of values, sometimes ones that do not."""
        random = self.random
        drawers = {
            "text": self.text,
            "number": self.number,
            "date": self.date,
            "version": self.version,
            "list": self.list,
            "boolean": self.boolean,
            "exists": self.exists,
        }
        if not lists:
            del drawers["list"]
        draw = random.random()
        if draw < 0.12 or kind not in drawers:
            kind = random.choice(list(drawers))
        elif draw < 0.25:
            kind = "exists"
        found = drawers[kind](values)
        if random.random() < 0.15:
            found = {**self.exists(values), **found}
        elif random.random() < 0.1:
            found = {**drawers[random.choice(list(drawers))](values), **found}
        return found

    def complements(self, values: list[Value]) -> tuple[dict[str, Any], dict[str, Any]]:
        """A positive operator and its negative."""
        drawn = {
            "exact": self.text_operand(values),
            "contains": self.part(values),
            "starts_with": self.part(values),
            "ends_with": self.part(values),
            "pattern": self.pattern(values),
            "in": [self.text_operand(values)],
            "includes": self.text_operand(values),
            "partial": self.part(values),
        }
        operator = self.random.choice([*drawn, "eq", "exists", "version"])
        if operator == "exists":
            return {"exists": True}, {"exists": False}
        if operator == "version":
            text = self.version(values)["version"].popitem()[1]
            return {"version": {"eq": text}}, {"version": {"ne": text}}
        if operator == "eq":
            bound = self.bound(values)
            return {"eq": bound}, {"ne": bound}
        return {operator: drawn[operator]}, {f"not_{operator}": drawn[operator]}
