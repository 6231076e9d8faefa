"""The steps of a sequence as records, and whether a chain of them fits into a window (spec §4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from transforms.criteria.events.fields import FieldCondition
from transforms.documents.durations import Duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.events.windows import Window
    from transforms.errors import Place

#: Time is known to the microsecond, so strictly later is at least that much later.
STRICTLY_LATER = Duration(1, "1 microsecond")
_DAY = 86_400 * 10**6


@dataclass(frozen=True)
class Gap:
    """How long a step comes after the one before; both ends are in, and it is strictly later in any case."""

    at_least: Duration | None = None
    at_most: Duration | None = None

    @property
    def shortest(self) -> Duration:
        """The least that can lie between the two."""
        return STRICTLY_LATER if self.at_least is None else max(self.at_least, STRICTLY_LATER)

    def words(self, before: int) -> str:
        """The bounds in plain words, after step `before`."""
        bounds = [
            f"{words} {bound.text}"
            for words, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        return f"{' and '.join(bounds)} after step {before}" if bounds else f"later than step {before}"


@dataclass(frozen=True)
class Step:
    """One event of the chain. The gap of the first step has no bounds and means nothing."""

    selection: EventSelection
    gap: Gap
    place: Place

    def words(self) -> str:
        """The event in a few words."""
        return self.selection.words()


@dataclass(frozen=True)
class Absence:
    """The last step `not`: no such event in (t, t + at_most], t being that of the step before, and that time is over."""

    selection: EventSelection
    at_most: Duration
    place: Place

    def words(self) -> str:
        """The event in a few words."""
        return f"not {self.selection.words()}"

    def words_of_time(self, before: int) -> str:
        """The time in plain words, after step `before`."""
        return f"at most {self.at_most.text} after step {before}, and that time is over"


@dataclass(frozen=True)
class Steps:
    """The chain, of which there is at least one step, and what must not follow it, if anything."""

    chain: tuple[Step, ...]
    absence: Absence | None

    @property
    def all(self) -> tuple[Step | Absence, ...]:
        """Every step in the order written; the number of a step is its place here, from 1."""
        return self.chain if self.absence is None else (*self.chain, self.absence)

    @property
    def comparisons(self) -> Iterator[tuple[int, FieldCondition]]:
        """Every condition with `same_as`, with the number of the step in which it stands."""
        for number, step in enumerate(self.all, 1):
            for condition in (*step.selection.event, *step.selection.product):
                if isinstance(condition, FieldCondition) and condition.same_as is not None:
                    yield number, condition

    @property
    def shortest(self) -> int:
        """The least time from the first event of a chain to its last, in microseconds."""
        return sum(step.gap.shortest.microseconds for step in self.chain[1:])

    def need(self, lookback: Duration) -> bool:
        """Whether a chain needs events older than `lookback`, however late it ends."""
        wait = 0 if self.absence is None else self.absence.at_most.microseconds
        return self.shortest + wait >= lookback.microseconds

    def fits(self, window: Window) -> bool:
        """Whether at some as_of some chain can lie in the window, with the time of `not` over."""
        wait = 0 if self.absence is None else self.absence.at_most.microseconds
        match _operand(window):
            case Duration() as within:
                return self.shortest + wait < within.microseconds
            case (Duration() as first, Duration() as last):
                is_over = self.absence is None or self.shortest + wait < first.microseconds
                return is_over and self.shortest <= first.microseconds - last.microseconds
            case _:
                length = length_of(window)
                return length is None or self.shortest < length


def length_of(window: Window) -> int | None:
    """How long a window is in microseconds, None where it has no end of its own."""
    match _operand(window):
        case Duration() as within:
            return within.microseconds
        case (Duration() as first, Duration() as last):
            return first.microseconds - last.microseconds
        case (date() as first_day, date() as last_day):
            return ((last_day - first_day).days + 1) * _DAY
        case date() if window.comparison is not None and window.comparison.operator.name == "on":
            return _DAY
        case _:
            return None


def _operand(window: Window) -> object:
    return None if window.comparison is None else window.comparison.operand
