"""Values of JSON as text, and numbers, instants and truth read from them (spec §2.2.5, §2.2.6)."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import orjson

from transforms.ingest.rejection import Rejected

#: Microseconds of 2200-01-01, the first instant that no event may have.
END_OF_TIME = 7_258_118_400_000_000
#: Numbers below are seconds, others milliseconds: 10^11 ms is in March 1973.
FIRST_MILLISECOND = 100_000_000_000
SMALLEST_MPID, LARGEST_MPID = -(2**63), 2**63 - 1
HOUR = 3_600_000_000
DAY = 24 * HOUR

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,40}", re.ASCII)


def to_text(value: Any) -> str | None:
    """The text of a JSON value: numbers as they are, `true` and `false`, objects and lists as compact JSON.

    None for null.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        return repr(value)
    return to_json(value)


# What is written was read from JSON, so it holds no circles; looking for them costs a third of the time.
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_SORTING_WRITER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True
)
#: orjson writes what the encoder of Python does, eight times as fast, but for very large and very small doubles.
_MAY_HAVE_AN_ODD_DOUBLE = re.compile(rb"[0-9]e|0\.0000")


def to_json(value: Any) -> str:
    """Compact JSON that keeps the order of names; a double has its shortest text (`8.0`, `1e+16`)."""
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, or deep nesting.
        return _WRITER.encode(value)
    return _WRITER.encode(value) if _MAY_HAVE_AN_ODD_DOUBLE.search(written) else written.decode()


def to_jsons(values: list[Any]) -> list[str]:
    """to_json() of each: what may differ is looked for in all of them at once."""
    try:
        is_plain = _MAY_HAVE_AN_ODD_DOUBLE.search(orjson.dumps(values)) is None
    except orjson.JSONEncodeError:
        is_plain = False
    return [orjson.dumps(value).decode() for value in values] if is_plain else [*map(to_json, values)]


def canonical_json(value: Any) -> bytes:
    """Compact JSON with sorted names: the same for values that are equal."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _SORTING_WRITER.encode(value).encode()


def filled(value: Any) -> str | None:
    """The text of a scalar that is not empty, else None."""
    if type(value) is str:
        return value or None
    if value is None or isinstance(value, dict | list):
        return None
    return to_text(value) or None


def truth(value: Any) -> bool | None:
    """A boolean, or the text `true` or `false` in any case; None for everything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def whole(value: Any) -> int | None:
    """An integer of 64 bits from a number or text, None for everything else."""
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and SMALLEST_MPID <= value <= LARGEST_MPID:
        return value
    return None


def read_mpid(value: Any) -> int | None:
    """The mpid, None where there is none. Never through a float (spec §1)."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value.strip()):
            raise Rejected("mpid_unreadable", "its mpid is not an integer")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Rejected("mpid_unreadable", "its mpid is not an integer")
    if not SMALLEST_MPID <= value <= LARGEST_MPID:
        raise Rejected("mpid_out_of_range", "its mpid does not fit in 64 bits")
    return value


def read_epoch(value: Any) -> int | None:
    """Microseconds since 1970 of an epoch in milliseconds, or in seconds below 10^11; None where absent.

    Rejected where it is no number, before 1970 or after 2199.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = repr(value)
    else:
        raise Rejected("time_unreadable", "its time is not a number")
    if text.isascii() and text.isdigit() and len(text) < 19:
        number = int(text)
        instant = number * (1_000_000 if number < FIRST_MILLISECOND else 1000)
    elif _NUMBER.fullmatch(text):
        exact = Decimal(text)
        instant = int(exact * (1_000_000 if abs(exact) < FIRST_MILLISECOND else 1000))
        # int() cuts toward zero, which would bring the last microsecond before 1970 into it.
        instant = -1 if exact < 0 else instant
    else:
        raise Rejected("time_unreadable", "its time is not a number")
    return in_range(instant)


def in_range(instant: int) -> int:
    """The instant, or Rejected before 1970 or after 2199."""
    if not 0 <= instant < END_OF_TIME:
        raise Rejected("time_out_of_range", "its time is before 1970 or after 2199")
    return instant


def usable_epoch(value: Any) -> int | None:
    """Like read_epoch, None where it can't be used."""
    try:
        return read_epoch(value)
    except Rejected:
        return None
