"""What stands behind an operator: text, numbers, dates, lengths of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.criteria.durations import distance_schema, duration_schema, read_distance, read_duration
from transforms.criteria.reading import read_list, read_text
from transforms.documents.durations import parse_duration
from transforms.documents.nodes import Node, Scalar, Sequence
from transforms.documents.readers import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.documents.report import Report

_NUMBER = re.compile(r" *([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?) *")
DATE_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
VERSION_TEXT = re.compile(r"[0-9]+(\.[0-9]+)*")
#: German and others write the day first.
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_NUMBER_HINT = "for example `5`, `2.5` or `-1e3`: no unit, no percent sign, no comma"


@dataclass(frozen=True)
class Operand:
    """One form of operand: how it is read, its JSON Schema and its words.

    `read` gives None, with a problem, where the node is wrong.
    """

    read: Callable[[Node, Report], Any]
    schema: dict[str, Any]
    words: Callable[[Any], str]


@dataclass(frozen=True)
class Pattern:
    """A pattern as written, and its pieces: text to match as it is, or one of the wildcards `*` and `?`."""

    written: str
    pieces: tuple[tuple[bool, str], ...]


def read_number(node: Node, report: Report) -> Decimal | None:
    """A number by the grammar of spec §4.2, exact: at most 29 digits before and 9 after the point."""
    found = _NUMBER.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        report.add("CRT-006", "a number is expected here", node, hint=_NUMBER_HINT)
        return None
    # Decimal's operations round to 28 digits unless told otherwise, so the digits are looked at as text.
    whole, _, fraction = format(Decimal(found[1]), "f").lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    if len(whole.lstrip("0")) > 29 or len(fraction) > 9:
        report.add("CRT-012", "a number has at most 29 digits before the point and 9 after it", node)
        return None
    sign = "-" if found[1].startswith("-") and (whole.strip("0") or fraction) else ""
    return Decimal(f"{sign}{whole.lstrip('0') or '0'}{'.' if fraction else ''}{fraction}")


def _read_text(node: Node, report: Report) -> str | None:
    if isinstance(node, Sequence):
        hint = "for one of several texts write `in`, for none of them `not_in`"
        report.add("CRT-006", "one text is expected here, found a list", node, hint=hint)
        return None
    return read_text(node, "a text operator", report)


def _read_texts(node: Node, report: Report) -> tuple[str, ...] | None:
    items = [read_text(item, "an item of the list", report) for item in _items(node, report)]
    found = tuple(item for item in items if item is not None)
    return found if items and len(found) == len(items) else None


def _items(node: Node, report: Report) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return read_list(node, "the list", report)
    hint = "such as `[free, pro]`; for a single text write `exact`"
    report.add("CRT-001", f"a list of texts is expected here, found {describe(node)}", node, hint=hint)
    return ()


def _read_pattern(node: Node, report: Report) -> Pattern | None:
    written = _read_text(node, report)
    if written is None:
        return None
    pieces: list[tuple[bool, str]] = []
    characters = iter(written)
    for character in characters:
        if character == "\\":
            escaped = next(characters, None)
            if escaped is None:
                report.add("CRT-008", "the pattern ends in `\\`", node, hint="write `\\\\` for a backslash")
                return None
            pieces.append((False, escaped))
        else:
            pieces.append((character in "*?", character))
    return Pattern(written, tuple(pieces))


def _read_boolean(node: Node, report: Report) -> bool | None:
    found = node.boolean if isinstance(node, Scalar) else None
    if found is None:
        hint = "without quotes; yes, no, 1 and 0 are text and numbers here"
        report.add("CRT-006", "true or false is expected here", node, allowed=("true", "false"), hint=hint)
    return found


def read_date(node: Node, report: Report) -> date | None:
    """A plain date that exists."""
    found = DATE_TEXT.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        report.add("CRT-011", "a date is expected here", node, hint=_date_hint(node))
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        report.add("CRT-011", f"the date {found[0]} does not exist", node)
        return None


def _date_hint(node: Node) -> str:
    turned = _DAY_FIRST.fullmatch(node.text) if isinstance(node, Scalar) else None
    if turned is not None:
        return f"write year, month and day: `{turned[3]}-{turned[2]:0>2}-{turned[1]:0>2}`"
    if isinstance(node, Scalar) and parse_duration(node.text) is not None:
        return "for a length of time before as_of write `within`"
    return "year, month and day, such as `2017-06-30`"


def _read_version(node: Node, report: Report) -> str | None:
    found = read_text(node, "a version operator", report)
    if found is not None and not VERSION_TEXT.fullmatch(found):
        bare = found.removeprefix("v")
        hint = f'write `"{bare}"`' if VERSION_TEXT.fullmatch(bare) else 'for example `"2.10"`'
        report.add("CRT-006", "a version is digits and dots", node, hint=hint)
        return None
    return found


def _pair(read: Callable[[Node, Report], Any], ordered: Callable[[Any, Any], bool], hint: str) -> Any:
    def read_pair(node: Node, report: Report) -> tuple[Any, Any] | None:
        if not isinstance(node, Sequence) or len(node.items) != 2:
            report.add("CRT-006", "two values in a list are expected here", node, hint=hint)
            return None
        first, last = read(node.items[0], report), read(node.items[1], report)
        if first is None or last is None:
            return None
        if not ordered(first, last):
            report.add("CRT-007", "the two values are the wrong way round", node, hint=hint)
            return None
        return first, last

    return read_pair


def _pair_schema(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def _digits(value: Decimal) -> str:
    return format(value, "f")


_SCALAR = {"type": ["string", "number", "boolean"]}
_DATE_SCHEMA = {"type": "string", "format": "date"}
_NUMBER_SCHEMA = {"type": ["number", "string"]}

TEXT = Operand(_read_text, _SCALAR, lambda value: f"'{value}'")
TEXTS = Operand(
    _read_texts,
    {"type": "array", "items": _SCALAR, "minItems": 1},
    lambda values: ", ".join(f"'{value}'" for value in values),
)
PATTERN = Operand(_read_pattern, _SCALAR, lambda pattern: f"'{pattern.written}'")
BOOLEAN = Operand(_read_boolean, {"type": "boolean"}, lambda value: "true" if value else "false")
NUMBER = Operand(read_number, _NUMBER_SCHEMA, _digits)
NUMBERS = Operand(
    _pair(read_number, lambda first, last: first <= last, "write the smaller first: `[1, 5]`"),
    _pair_schema(_NUMBER_SCHEMA),
    lambda pair: f"{_digits(pair[0])} and {_digits(pair[1])}",
)
DATE = Operand(read_date, _DATE_SCHEMA, lambda day: day.isoformat())
DATES = Operand(
    _pair(
        read_date, lambda first, last: first <= last, "write the earlier first: `[2017-01-01, 2017-01-31]`"
    ),
    _pair_schema(_DATE_SCHEMA),
    lambda pair: f"{pair[0].isoformat()} and {pair[1].isoformat()}",
)
DURATION = Operand(read_duration, duration_schema(), lambda duration: duration.text)
DURATIONS = Operand(
    _pair(
        read_distance,
        lambda first, last: first.microseconds >= last.microseconds,
        "write the longer ago first: `[6 days, 4 days]`; up to as_of that is `within: 6 days`",
    ),
    _pair_schema(distance_schema()),
    lambda pair: f"{pair[0].text} and {pair[1].text}",
)
LENGTH = Operand(read_distance, distance_schema(), lambda duration: duration.text)
LENGTHS = Operand(
    _pair(
        read_distance,
        lambda first, last: first.microseconds <= last.microseconds,
        "write the shorter first: `[1 minute, 5 minutes]`",
    ),
    _pair_schema(distance_schema()),
    lambda pair: f"{pair[0].text} and {pair[1].text}",
)
VERSION = Operand(_read_version, _SCALAR, str)
