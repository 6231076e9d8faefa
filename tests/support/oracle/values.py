"""How a text is read: as lower case, number, instant, version, pattern or duration (spec §4.2)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.oracle.records import Value

_NUMBER = re.compile(r" *([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))? *")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_EPOCH_MILLISECONDS = re.compile(r"[0-9]{11,14}")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_DURATION = re.compile(r"([0-9]+) (minute|hour|day|week|month)s?")
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(hours=24),
    "week": timedelta(hours=7 * 24),
    "month": timedelta(hours=30 * 24),
}
#: Units of the ninth place below one, and the first number of units that is too long.
_PLACES = 9
_TOO_LONG = 10 ** (29 + _PLACES)


def lower(text: str) -> str:
    """Each code point by its simple mapping: `İ` becomes `i`, `Σ` becomes `σ` wherever it stands."""
    return "".join("i" if point == "İ" else point.lower() for point in text)


def number(text: str) -> int | None:
    """The number in units of 10⁻⁹, half away from zero, or None where the text is none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, mantissa, exponent_text = match.groups()
    whole, _, fraction = mantissa.partition(".")
    digits = int(whole + fraction or "0")
    if digits == 0:
        return 0
    exponent = int(exponent_text or "0") - len(fraction) + _PLACES
    length = len(str(digits)) + exponent
    if length > 29 + _PLACES:
        return None
    if length < 0:
        return 0
    if exponent >= 0:
        units = digits * 10**exponent
    else:
        divisor = 10**-exponent
        units = (2 * digits + divisor) // (2 * divisor)
    if units >= _TOO_LONG:
        return None
    return -units if sign == "-" else units


def instant(text: str) -> datetime | None:
    """The instant that the text writes, or None where it is none."""
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return datetime(1970, 1, 1) + timedelta(milliseconds=int(text))
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    microsecond = int(((fraction or "") + "000000")[:6])
    try:
        value = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), microsecond
        )
        if zone and zone != "Z":
            if int(zone[1:3]) > 23 or int(zone[4:]) > 59:
                return None
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
            value = value - offset if zone[0] == "+" else value + offset
    except (ValueError, OverflowError):
        return None
    return value


def plain_date(text: str) -> datetime:
    """The first instant of the UTC day `YYYY-MM-DD`."""
    return datetime.strptime(text, "%Y-%m-%d")


def version(text: str) -> tuple[int, ...] | None:
    """The parts of a dotted number, without trailing zeros, or None where it is none."""
    if not _VERSION.fullmatch(text):
        return None
    parts = [int(part) for part in text.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def duration(text: str) -> timedelta:
    """`7 days` and the like."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) * _UNITS[match[2]]


def matches_pattern(text: str, pattern: str) -> bool:
    """Whether the whole text matches: `*` any run, `?` exactly one code point, a backslash escapes."""
    tokens: list[tuple[str, str]] = []
    points = iter(lower(pattern))
    for point in points:
        if point == "\\":
            tokens.append(("point", next(points)))
        elif point in "*?":
            tokens.append((point, ""))
        else:
            tokens.append(("point", point))
    # The lengths of the prefixes of `text` that the tokens so far match.
    lowered = lower(text)
    reached = {0}
    for kind, point in tokens:
        if kind == "*":
            reached = set(range(min(reached), len(lowered) + 1)) if reached else set()
        elif kind == "?":
            reached = {length + 1 for length in reached if length < len(lowered)}
        else:
            reached = {length + 1 for length in reached if lowered[length : length + 1] == point}
    return len(lowered) in reached


def written(value: Any) -> str:
    """A scalar of a definition, or of JSON, as its text: integers keep their digits (spec §2.2.6)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value)
    raise TypeError(type(value))


def attribute_value(value: Any) -> Value:
    """A JSON value of a user attribute: scalar text, a list of texts, or None."""
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(None if element is None else written(element) for element in value)
    return written(value)
