"""Ranges of numbers, instants and versions that comparisons leave, and whether anything is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from transforms.documents.durations import Duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.comparisons import Comparison

_DAY = 86_400 * 10**6
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Range:
    """Values from `low` to `high`, each of them in it or not; None: no end."""

    low: Any = None
    high: Any = None
    has_low: bool = True
    has_high: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no value can be in it, where there is always a value between two others."""
        if self.low is None or self.high is None or self.low < self.high:
            return False
        return self.low > self.high or not (self.has_low and self.has_high)

    def contains(self, value: Any) -> bool:
        """Whether `value` is in it."""
        above = self.low is None or value > self.low or (self.has_low and value == self.low)
        below = self.high is None or value < self.high or (self.has_high and value == self.high)
        return above and below

    def is_inside(self, other: Range) -> bool:
        """Whether all its values are in `other`; it is not empty."""
        cut = self.cut(other)
        return (cut.low, cut.high, cut.has_low, cut.has_high) == (
            self.low,
            self.high,
            self.has_low,
            self.has_high,
        )

    def cut(self, other: Range) -> Range:
        """What is in both."""
        low, has_low = self.low, self.has_low
        if low is None or (other.low is not None and other.low > low):
            low, has_low = other.low, other.has_low
        elif other.low == low:
            has_low = has_low and other.has_low
        high, has_high = self.high, self.has_high
        if high is None or (other.high is not None and other.high < high):
            high, has_high = other.high, other.has_high
        elif other.high == high:
            has_high = has_high and other.has_high
        return Range(low, high, has_low, has_high)


def of_comparison(comparison: Comparison) -> Range:
    """The values for which the positive operator on numbers or versions holds."""
    operand = _ordered(comparison.operand)
    if comparison.operator.reading == "version":
        operand = version_key(operand)
    match comparison.operator.name:
        case "eq":
            return Range(operand, operand)
        case "gt":
            return Range(low=operand, has_low=False)
        case "gte":
            return Range(low=operand)
        case "lt":
            return Range(high=operand, has_high=False)
        case "lte":
            return Range(high=operand)
        case "between":
            return Range(operand[0], operand[1])
    return Range()


def _ordered(operand: Any) -> Any:
    """The operand as what is ordered: lengths of time by their microseconds, however they are written."""
    if isinstance(operand, tuple):
        return tuple(_ordered(each) for each in operand)
    return Decimal(operand.microseconds) if isinstance(operand, Duration) else operand


def ordered_can_hold(comparisons: Iterable[Comparison], whole: bool = False) -> bool:
    """Whether a number or a version that is there can meet all comparisons; `whole`: a whole number from 0."""
    found = Range(Decimal(0)) if whole else Range()
    taken: list[Range] = []
    for comparison in comparisons:
        if comparison.is_negative:
            taken.append(of_comparison(comparison))
        else:
            found = found.cut(of_comparison(comparison))
    if whole and not found.is_empty:
        found = _whole(found)
    return _is_left(found, taken)


def instants_can_hold(comparisons: Iterable[Comparison], *, may_be_as_of: bool = False) -> bool:
    """Whether an instant before as_of, or as_of itself where it `may_be_as_of`, can meet all date comparisons; dates and
    lengths of time are held apart.
    """
    calendar, ago = Range(), Range(high=0 if may_be_as_of else -1)
    taken: list[tuple[Range, Range]] = []
    for comparison in comparisons:
        range_ = _of_instants(comparison)
        is_ago = comparison.operator.name in ("within", "ago")
        if comparison.is_negative:
            taken.append((Range(), range_) if is_ago else (range_, Range()))
        elif is_ago:
            ago = ago.cut(range_)
        else:
            calendar = calendar.cut(range_)
    if calendar.is_empty or ago.is_empty:
        return False
    return not any(calendar.is_inside(days) and ago.is_inside(lengths) for days, lengths in taken)


def _of_instants(comparison: Comparison) -> Range:
    """Microseconds: since 1970 for dates, before as_of (below 0) for lengths of time."""
    operand = comparison.operand
    match comparison.operator.name:
        case "before":
            return Range(high=_start(operand) - 1)
        case "after":
            return Range(low=_start(operand))
        case "on":
            return Range(_start(operand), _start(operand) + _DAY - 1)
        case "between_dates":
            return Range(_start(operand[0]), _start(operand[1]) + _DAY - 1)
        case "within":
            return Range(-operand.microseconds, -1)
        case "ago":
            return Range(-operand[0].microseconds, -operand[1].microseconds)
    return Range()


def _whole(found: Range) -> Range:
    """The same with whole numbers as its ends."""
    low = floor(found.low) + 1 if not found.has_low else ceil(found.low)
    if found.high is None:
        return Range(Decimal(low))
    high = ceil(found.high) - 1 if not found.has_high else floor(found.high)
    return Range(Decimal(low), Decimal(high))


def _is_left(found: Range, taken: Iterable[Range]) -> bool:
    return not found.is_empty and not any(found.is_inside(range_) for range_ in taken)


def version_key(text: str) -> tuple[int, ...]:
    """What versions are compared by: a missing part is 0."""
    parts = [int(part) for part in text.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _start(day: date) -> int:
    return (day - _EPOCH) // timedelta(microseconds=1)
