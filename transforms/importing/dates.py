"""Comparisons with dates, as date operators of spec §4.2.

A plain date is a UTC calendar day, as in the service's builder; a date with a time is an instant. What is said here
are whole days, and distances from as_of. An offset of a month is 30 days, a quarter 3 and a year 12 of them, as the
schema annotates its units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from transforms.documents.durations import parse_duration
from transforms.importing.comparisons import decimal
from transforms.importing.findings import untranslatable
from transforms.importing.schema import AbsoluteDate, RelativeDate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.importing.findings import Findings

#: Longer than any data is old: what lies before a distance from as_of has no other end.
_EVER = "73000 days"

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MINUTES = {
    "minute": 1,
    "hour": 60,
    "day": 1440,
    "week": 7 * 1440,
    "month": 30 * 1440,
    "quarter": 90 * 1440,
    "year": 360 * 1440,
}
#: Units that can be written as another one, and how many of it.
_WRITTEN = {"quarter": ("month", 3), "year": ("month", 12)}


@dataclass(frozen=True)
class Distance:
    """How long before as_of an instant lies."""

    minutes: int
    text: str


@dataclass(frozen=True)
class Bound:
    """One end of a range: a day (first in, or first out), or a distance from as_of."""

    end: Literal["from", "to"]
    value: date | Distance
    at: str


def bounds_of(operator: str, operand: AbsoluteDate | RelativeDate, findings: Findings) -> tuple[Bound, ...]:
    """The ends that `field operator operand` sets. Raises NotTranslatedError."""
    if isinstance(operand, AbsoluteDate):
        return _of_day(operator, operand, findings)
    return (_of_distance(operator, operand, findings),)


def day_of(operand: AbsoluteDate) -> tuple[date, bool]:
    """The UTC day that an absolute date begins, and whether it is a plain date. Raises NotTranslatedError."""
    try:
        if _PLAIN.fullmatch(operand.text):
            return date.fromisoformat(operand.text), True
        instant = datetime.fromisoformat(operand.text)
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise untranslatable(operand.at, "this is no ISO 8601 date that exists") from None
    if instant.time() != time(0):
        raise untranslatable(
            operand.at, "an instant inside a day can't be said: dates here are whole days, UTC"
        )
    return instant.date(), False


def _of_day(operator: str, operand: AbsoluteDate, findings: Findings) -> tuple[Bound, ...]:
    day, is_plain = day_of(operand)
    at = operand.at
    match operator:
        case "less_than":
            return (Bound("to", day, at),)
        case "greater_than_equal":
            return (Bound("from", day, at),)
        case "less_than_equal" if is_plain:
            return (Bound("to", day_after(day, at), at),)
        case "greater_than" if is_plain:
            return (Bound("from", day_after(day, at), at),)
        case "equals":
            if not is_plain:
                findings.note(
                    at, "equality with a midnight is taken as the whole day, UTC (On Date in the builder)"
                )
            return (Bound("from", day, at), Bound("to", day_after(day, at), at))
        case "less_than_equal" | "greater_than":
            raise untranslatable(
                at,
                f"`{operator}` with an instant can't be said: `before` and `after` begin and end at midnight",
            )
        case _:
            raise untranslatable(at, f"`{operator}` with a date has no published meaning")


def day_after(day: date, at: str) -> date:
    """The next day. Raises NotTranslatedError after 9999-12-31."""
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise untranslatable(at, "there is no day after this one") from None


def _of_distance(operator: str, operand: RelativeDate, findings: Findings) -> Bound:
    if operand.relative_to is not None:
        raise untranslatable(operand.at, "a date relative to a step can only stand in a later step")
    distance = distance_of(operand, sign=-1)
    if operand.unit in ("month", *_WRITTEN):
        findings.note(operand.at, f"a {operand.unit} is taken as {_MINUTES[operand.unit] // 1440} days")
    match operator:
        case "greater_than_equal" | "greater_than":
            if distance.minutes == 0:
                raise untranslatable(
                    operand.at, "what lies after now can't be said: nothing after as_of is seen"
                )
            if operator == "greater_than":
                findings.note(
                    operand.at, f"`within` has its beginning in: exactly {distance.text} ago is in too"
                )
            return Bound("from", distance, operand.at)
        case "less_than_equal" | "less_than":
            if operator == "less_than":
                findings.note(operand.at, f"`ago` has its ends in: exactly {distance.text} ago is in too")
            return Bound("to", distance, operand.at)
        case _:
            raise untranslatable(operand.at, f"`{operator}` with an instant relative to now can't be said")


def distance_of(operand: RelativeDate, sign: int) -> Distance:
    """The length of the offset; `sign` is -1 for the past and 1 for later. Raises NotTranslatedError."""
    at = operand.at
    if operand.boundary is not None:
        raise untranslatable(
            at,
            f"the {operand.boundary} of a calendar {operand.unit} can't be said: windows count back from as_of",
        )
    if operand.unit not in _MINUTES and operand.unit != "second":
        raise untranslatable(at, f"the schema has no unit `{operand.unit[:60]}`")
    offset = Fraction(decimal(operand.offset, at)) * sign
    if offset < 0:
        raise untranslatable(
            at,
            "what lies after now can't be said"
            if sign < 0
            else "a step can't be before the one that it follows",
        )
    minutes = offset * Fraction(1, 60) if operand.unit == "second" else offset * _MINUTES[operand.unit]
    if minutes.denominator != 1:
        raise untranslatable(at, "the shortest unit here is the minute")
    text = _words(offset, operand.unit, int(minutes))
    if minutes and parse_duration(text) is None:
        raise untranslatable(at, f"the longest length of time is {_EVER}")
    return Distance(int(minutes), text)


def _words(offset: Fraction, unit: str, minutes: int) -> str:
    unit, times = _WRITTEN.get(unit, (unit, 1))
    number = offset * times
    if unit == "second" or number.denominator != 1:
        number, unit = Fraction(minutes), "minute"
    return f"{number} {unit}{'' if number == 1 else 's'}"


def date_operators(bounds: Iterable[Bound]) -> dict[str, Any]:
    """The date operators that set these ends, all of which hold. Raises NotTranslatedError."""
    found = tuple(bounds)
    days = {**_days(found), **_distances(found)}
    if not days:
        raise untranslatable(found[0].at if found else "$", "this range has no end that is not now")
    return days


def _days(bounds: tuple[Bound, ...]) -> dict[str, Any]:
    firsts = [bound.value for bound in bounds if bound.end == "from" and isinstance(bound.value, date)]
    ends = [bound.value for bound in bounds if bound.end == "to" and isinstance(bound.value, date)]
    if not firsts or not ends:
        return {"after": max(firsts)} if firsts else {"before": min(ends)} if ends else {}
    first, last = max(firsts), min(ends)
    if last <= first:
        raise untranslatable(bounds[-1].at, "no date lies in this range")
    last -= timedelta(days=1)
    return {"on": first} if first == last else {"between_dates": [first, last]}


def _distances(bounds: tuple[Bound, ...]) -> dict[str, Any]:
    longest = [bound.value for bound in bounds if bound.end == "from" and isinstance(bound.value, Distance)]
    shortest = [bound.value for bound in bounds if bound.end == "to" and isinstance(bound.value, Distance)]
    first = min(longest, key=lambda distance: distance.minutes, default=None)
    last = max(shortest, key=lambda distance: distance.minutes, default=None)
    if first is not None and (last is None or last.minutes == 0):
        return {"within": first.text}
    if last is None:
        return {}
    if first is not None and first.minutes < last.minutes:
        raise untranslatable(bounds[-1].at, "no date lies in this range")
    return {"ago": [_EVER if first is None else first.text, last.text]}
