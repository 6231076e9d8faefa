"""Lengths of time as people write them: `30 days`, `2 hours`, `unlimited`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MICROSECONDS = {
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
    "month": 30 * 86_400_000_000,
}
UNITS = tuple(_MICROSECONDS)

#: 200 years: data lies between 1970 and 2199, so a longer one is `unlimited`.
LONGEST_DAYS = 73_000

#: The written form, as a regular expression that JSON Schema understands too.
DURATION_PATTERN = r"^[1-9][0-9]{0,8} (minute|hour|day|week|month)s?$"

#: What people write for the units, and what to write for it.
_SHORT = {
    **dict.fromkeys(("", "d", "day", "days"), "days"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hours"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minutes"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "weeks"),
    **dict.fromkeys(("mo", "mon", "month", "months"), "months"),
}


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time in whole microseconds; `text` is how it was written. A month is 30 days (spec §4.2)."""

    microseconds: int
    text: str


def duration_hint(text: str) -> str:
    """What to write instead of text that is no duration."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})[ _]*([A-Za-z]*)", text)
    if found is not None and found[2].lower() in ("y", "year", "years"):
        return f"write days: `{int(found[1]) * 365} days`"
    if found is not None and found[2].lower() in _SHORT:
        return f"write number, space and unit: `{found[1]} {_SHORT[found[2].lower()]}`"
    return "for example `7 days`; a month is 30 days"


def parse_duration(text: str) -> Duration | None:
    """The duration that `text` is, or None where it is none or longer than LONGEST_DAYS."""
    if not re.match(DURATION_PATTERN, text) or text.endswith("\n"):
        return None
    number, unit = text.split(" ")
    microseconds = int(number) * _MICROSECONDS[unit.removesuffix("s")]
    if microseconds > LONGEST_DAYS * _MICROSECONDS["day"]:
        return None
    return Duration(microseconds, text)
