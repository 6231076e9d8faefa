"""A hundred audiences, each as YAML and as the query that a team would write by hand for it.

They are milestones of ten journeys over what the simulator writes. Each looks at events of the last days, one in ten
takes away those of a second look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Milestones of a journey: a first one, splits below it, and what remains of it.
SPLITS = 8


@dataclass(frozen=True)
class Look:
    """Users with at least so many events of a name in the last `days`, or with so much of an `amount`.

    `where` is one attribute and its value.
    """

    kind: str
    name: str
    days: int
    at_least: int
    where: tuple[str, str] | None = None
    amount: str | None = None

    @property
    def event_type(self) -> str:
        """As the lake has it."""
        return {"event": "custom_event", "ecommerce": "commerce_event", "screen_view": "screen_view"}[
            self.kind
        ]

    def criteria(self) -> dict[str, Any]:
        """As YAML, for the reader of definitions."""
        key = "action" if self.kind == "ecommerce" else "name"
        chosen: dict[str, Any] = {key: self.name, "within": f"{self.days} days"}
        if self.where is not None:
            chosen["where"] = {self.where[0]: {"exact": self.where[1]}}
        if self.amount is not None:
            return {self.kind: {**chosen, "sum": {"attribute": self.amount, "gte": self.at_least}}}
        return {self.kind: {**chosen, "count": {"gte": self.at_least}}}

    def query(self) -> str:
        """As SQL over the table `events`, with the parameter `as_of`: what a team writes by hand."""
        conditions = [
            f"event_type = '{self.event_type}'",
            f"event_name = '{self.name}'",
            f"event_at >= $as_of - interval {self.days} day",
            "event_at < $as_of",
        ]
        if self.where is not None:
            conditions.append(f"lower(attributes['{self.where[0]}']) = lower('{self.where[1]}')")
        amount = f"sum(cast({self.amount} as decimal(18, 4)))" if self.amount else "count(*)"
        return (
            f"select mpid from events where {' and '.join(conditions)} "
            f"group by mpid having {amount} >= {self.at_least}"
        )


@dataclass(frozen=True)
class BenchAudience:
    """Users whom `kept` finds, without those whom `removed` finds."""

    id: str
    kept: Look
    removed: Look | None = None

    def criteria(self) -> dict[str, Any]:
        """As YAML, for the reader of definitions."""
        if self.removed is None:
            return self.kept.criteria()
        return {"all": [self.kept.criteria()], "exclude": [self.removed.criteria()]}

    def query(self) -> str:
        """By hand."""
        return self.kept.query() + (f" except {self.removed.query()}" if self.removed else "")


_LOOKS = (
    Look("event", "Play", 7, 1),
    Look("event", "Play", 14, 1, where=("genre", "drama")),
    Look("event", "Search", 21, 1),
    Look("event", "View Item", 30, 1),
    Look("event", "Share", 30, 1),
    Look("event", "Pause", 10, 1),
    Look("event", "Rate", 30, 1),
    Look("ecommerce", "view_detail", 14, 1),
    Look("ecommerce", "purchase", 30, 1),
    Look("ecommerce", "add_to_cart", 21, 1),
    Look("screen_view", "Home", 7, 1),
    Look("screen_view", "Item", 30, 1),
    Look("ecommerce", "purchase", 30, 30, amount="total_amount"),
)
_RECENT = Look("ecommerce", "purchase", 3, 1)
#: The first milestone of a journey, in which the others are.
_BROAD = ("View Item", "Add To Favorites", "Share")


def bench_audiences(count: int) -> tuple[BenchAudience, ...]:
    """So many audiences; each has a window and a threshold of its own."""
    found = []
    for number in range(count):
        if number % (SPLITS + 1) == 0:
            name = _BROAD[number // (SPLITS + 1) % len(_BROAD)]
            found.append(BenchAudience(f"a{number}", Look("event", name, 30, 1)))
            continue
        look = _LOOKS[number % len(_LOOKS)]
        turn = number // len(_LOOKS)
        days = max(1, (look.days + 5 * turn) % 31)
        kept = Look(look.kind, look.name, days, look.at_least + turn % 2, look.where, look.amount)
        found.append(BenchAudience(f"a{number}", kept, _RECENT if number % 10 == 9 else None))
    return tuple(found)


def journeys(audiences: tuple[BenchAudience, ...]) -> dict[str, dict[str, Any]]:
    """The audiences as milestones, by the name of the journey's file; ten milestones a journey, one of them remaining.

    So ten audiences of the benchmark are nine criteria and what remains.
    """
    found: dict[str, dict[str, Any]] = {}
    for number, start in enumerate(range(0, len(audiences), SPLITS + 1)):
        first, *others = audiences[start : start + SPLITS + 1]
        splits = [{"milestone": one.id, "criteria": one.criteria()} for one in others]
        found[f"journey_{number}"] = {
            "journey": f"journey_{number}",
            "milestones": [
                {
                    "milestone": first.id,
                    "criteria": first.criteria(),
                    "next": [*splits, {"milestone": "rest", "remaining": True}],
                }
            ],
        }
    return found
