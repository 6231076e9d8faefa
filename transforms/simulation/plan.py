"""What to simulate, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: One slot for each name in the table that events are drawn from (vocabulary.py).
MOST_EVENT_NAMES = 2_000


@dataclass(frozen=True)
class SimulationPlan:
    """A seed, how much, and how badly it arrives.

    `events` are the distinct events over all days, exactly. `users` is how many people there are to draw
    from: a few do much, many do little, some nothing. `end` is the UTC midnight that the last day ends at.
    `late_rate` is the share of batches that arrive in the file of a later day than their events';
    `duplicate_rate` the share of lines that come again, in the same file or the next;
    `malformed_rate` how many bad lines come on top, for each good one.

    Raises UserError with every value that is out of its range.
    """

    seed: int
    users: int
    events: int
    days: int
    end: datetime
    late_rate: float = 0.01
    duplicate_rate: float = 0.01
    malformed_rate: float = 0.001
    event_names: int = 60

    def __post_init__(self) -> None:
        problems = [
            *_at_least("users", self.users, 1),
            *_at_least("events", self.events, 0),
            *_at_least("days", self.days, 1),
            *_within("late", self.late_rate),
            *_within("duplicates", self.duplicate_rate),
            *_within("malformed", self.malformed_rate),
        ]
        if not 1 <= self.event_names <= MOST_EVENT_NAMES:
            problems.append(
                Problem("SIM-003", "event names are out of range", allowed=(f"1 to {MOST_EVENT_NAMES}",))
            )
        if self.end.tzinfo is not None or self.end.time() != datetime.min.time():
            problems.append(Problem("SIM-004", "the end is not a UTC midnight", allowed=("YYYY-MM-DD",)))
        elif self.end > LAST_END or (self.end - FIRST_START).days < self.days:
            problems.append(Problem("SIM-005", "the days are not all between 1970 and 2199"))
        if problems:
            raise UserError(*problems)

    @property
    def start(self) -> datetime:
        """The midnight that the first day begins at."""
        return self.end - timedelta(days=self.days)


#: Event times before 1970 or after 2199 would be quarantined (spec §2.2.5).
FIRST_START = datetime(1970, 1, 1)
LAST_END = datetime(2200, 1, 1)


def _at_least(name: str, value: int, least: int) -> list[Problem]:
    if value >= least:
        return []
    return [Problem("SIM-001", f"{name} is too small", allowed=(f"{least} or more",))]


def _within(name: str, rate: float) -> list[Problem]:
    if 0 <= rate <= 1:
        return []
    return [Problem("SIM-002", f"the rate of {name} is out of range", allowed=("0 to 1",))]


@dataclass
class Tally:
    """What a file holds, counted while its lines are drawn: complete once they are exhausted.

    `events` are the distinct ones; `duplicate_events` those that came before; `bad_events` can't be used in
    a batch that can; `malformed` lines are no usable record at all.
    """

    lines: int = 0
    batches: int = 0
    events: int = 0
    late_batches: int = 0
    late_events: int = 0
    duplicate_batches: int = 0
    duplicate_events: int = 0
    bad_events: int = 0
    malformed: int = 0

    def __add__(self, other: Tally) -> Tally:
        """The sum of both, field by field."""
        return Tally(**{name: value + getattr(other, name) for name, value in vars(self).items()})


@dataclass(frozen=True)
class SimulatedFile:
    """The batches that arrive on one day, one a line, with the line's end; to be drawn once, in order.

    `name` is that of the file; every event and receipt in it is before `arrives_at`, the day's end.
    """

    name: str
    arrives_at: datetime
    lines: Iterator[bytes]
    tally: Tally = field(compare=False)
