"""Instants as text: naive, in microseconds, meaning UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_WRITTEN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<minute>\d{2}:\d{2})(?P<second>:\d{2})?(?:\.(?P<digits>\d+))?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)
_COMPACT = "%Y%m%dT%H%M%S"


def compact(instant: datetime) -> str:
    """The instant for a file name: `20180101T000000Z`, with six more digits where it has microseconds."""
    digits = f"{instant.microsecond:06d}" if instant.microsecond else ""
    return f"{_date(instant)}T{instant:%H%M%S}{digits}Z"


def from_compact(text: str) -> datetime:
    """The instant that `compact` wrote; ValueError for anything else."""
    body = text.removesuffix("Z")
    whole = datetime.strptime(body[:15], _COMPACT)
    instant = whole.replace(microsecond=int(body[15:] or 0))
    if compact(instant) != text:
        raise ValueError(text)
    return instant


def iso(instant: datetime) -> str:
    """The instant in ISO 8601 with `Z`; microseconds only where there are any."""
    return f"{instant.isoformat()}Z"


def epoch_milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (instant - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def read_instant(text: str) -> datetime | None:
    """The instant that a person wrote: a date, or a date and a time, with or without a zone (none is UTC).

    `YYYY-MM-DD`, then `T` or a space and `HH:MM[:SS[.digits, cut to µs]]`, then `Z` or `±HH:MM` (spec §4.2);
    also what `compact` writes. None where the text is none of these, or no such day or time exists.
    """
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if found is None:
            return from_compact(text.strip())
        if found["minute"] is None:
            return datetime.fromisoformat(found["date"])
        if found["digits"] and not found["second"]:
            return None
        micros = (found["digits"] or "")[:6].ljust(6, "0")
        written = f"{found['date']}T{found['minute']}{found['second'] or ':00'}.{micros}"
        return datetime.fromisoformat(written + (found["zone"] or "Z")).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _date(instant: datetime) -> str:
    # strftime's %Y does not pad years before 1000 on every platform.
    return f"{instant.year:04d}{instant:%m%d}"
