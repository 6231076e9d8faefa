"""Readers of single values. Each reads a node and says its JSON Schema, so that both come from one source.

A reader reports what is wrong and returns INVALID; it never raises. Codes: DOC-003 another kind of value
(list, mapping, text) is expected, DOC-004 not one of the allowed words, DOC-005 the wrong form or length,
DOC-006 written twice, DOC-007 a word or key that can't stand here, explained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from transforms.documents.durations import (
    DURATION_PATTERN,
    LONGEST_DAYS,
    Duration,
    duration_hint,
    parse_duration,
)
from transforms.documents.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.documents.report import Report

T = TypeVar("T")
K = TypeVar("K")


class Invalid(Enum):
    """The one value INVALID: a problem was reported, and there is nothing to use."""

    INVALID = "invalid"


INVALID: Final = Invalid.INVALID


@dataclass(frozen=True)
class Reader(Generic[T]):
    """How one value is read, and its JSON Schema. `expected` says in words what may stand there."""

    read: Callable[[Node, Report], T | Invalid]
    schema: dict[str, Any]
    expected: str


def describe(node: Node) -> str:
    """What a node is, in words and without its value."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar():
            return "nothing" if node.is_null else "a single value"


def _wrong_kind(node: Node, report: Report, expected: str) -> Invalid:
    report.add("DOC-003", f"expected {expected}, found {describe(node)}", node)
    return INVALID


def text(
    *, longest: int | None = None, pattern: str | None = None, expected: str = "text", hint: str = ""
) -> Reader[str]:
    """Text as it is written, not empty; `pattern` is matched against the whole of it."""
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if longest is not None:
        schema["maxLength"] = longest
    if pattern is None:
        # `name: 2017` and `name: true` are text to Milepost, a number and a boolean to an editor.
        schema["type"] = ["string", "number", "boolean"]
    else:
        schema["pattern"] = pattern

    def read(node: Node, report: Report) -> str | Invalid:
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, expected)
        if node.text.strip() == "":
            report.add("DOC-005", f"expected {expected}, found empty text", node, hint=hint)
            return INVALID
        if any(ord(character) < 32 or ord(character) == 127 for character in node.text):
            report.add("DOC-005", f"expected {expected}, found control characters or several lines", node)
            return INVALID
        if longest is not None and len(node.text) > longest:
            report.add(
                "DOC-005",
                f"the text is {len(node.text)} characters long, at most {longest} are allowed",
                node,
                hint=hint,
            )
            return INVALID
        if pattern is not None and not re.search(pattern, node.text):
            report.add("DOC-005", f"expected {expected}, found `{node.text[:80]}`", node, hint=hint)
            return INVALID
        return node.text

    return Reader(read, schema, expected)


def unrepeated(pattern: str, code: str, expected: str, hint: str = "") -> Reader[str]:
    """Text where people may have written a secret: what does not match `pattern` is a problem that does not repeat it."""

    def read(node: Node, report: Report) -> str | Invalid:
        if isinstance(node, Scalar) and re.search(pattern, node.text) and not node.text.endswith("\n"):
            return node.text
        report.add(code, f"expected {expected}", node, hint=hint)
        return INVALID

    return Reader(read, {"type": "string", "pattern": pattern}, expected)


def choice(*allowed: str, later: dict[str, str] | None = None) -> Reader[str]:
    """One of the `allowed` words. `later` are words that mean something, with what to say of them today."""
    not_yet = later or {}

    def read(node: Node, report: Report) -> str | Invalid:
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, f"one of {', '.join(allowed)}")
        if node.text in not_yet:
            message = f"`{node.text}` is not available in this version"
            report.add("DOC-007", message, node, allowed=allowed, hint=not_yet[node.text])
            return INVALID
        if node.text not in allowed:
            report.unknown("DOC-004", "value", node.text[:80], node, allowed)
            return INVALID
        return node.text

    return Reader(read, {"type": "string", "enum": list(allowed)}, f"one of {', '.join(allowed)}")


def boolean() -> Reader[bool]:
    """`true` or `false`."""

    def read(node: Node, report: Report) -> bool | Invalid:
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, "true or false")
        value = node.boolean
        if value is None:
            hint = "write it without quotes" if node.text in ("true", "false") else ""
            report.add("DOC-004", "expected true or false", node, allowed=("true", "false"), hint=hint)
            return INVALID
        return value

    return Reader(read, {"type": "boolean"}, "true or false")


def integer(*, least: int, most: int) -> Reader[int]:
    """A whole number from `least` to `most`."""
    expected = f"a whole number from {least} to {most}"

    def read(node: Node, report: Report) -> int | Invalid:
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, expected)
        # Nineteen digits: longer text is out of every range here, and int() of long text is slow.
        if not re.fullmatch(r"-?[0-9]{1,19}", node.text) or not least <= int(node.text) <= most:
            report.add("DOC-005", f"expected {expected}", node)
            return INVALID
        return int(node.text)

    return Reader(read, {"type": "integer", "minimum": least, "maximum": most}, expected)


def duration() -> Reader[Duration]:
    """A duration such as `30 days`."""
    expected = "a duration such as `30 days`"
    hint = f"a number and minutes, hours, days, weeks or months, at most {LONGEST_DAYS} days"

    def read(node: Node, report: Report) -> Duration | Invalid:
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, expected)
        value = parse_duration(node.text)
        if value is None:
            told = duration_hint(node.text) if node.text[:1].isdigit() else hint
            report.add("DOC-005", f"expected {expected}, found `{node.text[:80]}`", node, hint=told)
            return INVALID
        return value

    return Reader(read, {"type": "string", "pattern": DURATION_PATTERN}, expected)


def duration_or_unlimited() -> Reader[Duration | None]:
    """A duration, or `unlimited` as None."""
    limited = duration()
    expected = "a duration such as `30 days`, or `unlimited`"

    def read(node: Node, report: Report) -> Duration | Invalid | None:
        if isinstance(node, Scalar) and node.text == "unlimited":
            return None
        if not isinstance(node, Scalar) or node.is_null:
            return _wrong_kind(node, report, expected)
        return limited.read(node, report)

    return Reader(read, {"anyOf": [limited.schema, {"const": "unlimited"}]}, expected)


def or_off(reader: Reader[T]) -> Reader[T | None]:
    """What `reader` takes, or `off` as None."""
    expected = f"{reader.expected}, or `off`"

    def read(node: Node, report: Report) -> T | Invalid | None:
        return None if is_off(node) else reader.read(node, report)

    # An editor that still reads YAML 1.1 takes `off` for false.
    return Reader(read, {"anyOf": [reader.schema, {"enum": ["off", False]}]}, expected)


def is_off(node: Node) -> bool:
    """Whether a value says `off`, or false."""
    return isinstance(node, Scalar) and (node.text == "off" or node.boolean is False)


def list_of(item: Reader[T], *, least: int = 1) -> Reader[tuple[T, ...]]:
    """A list without repetitions, of at least `least` items."""
    schema = {"type": "array", "items": item.schema, "minItems": least, "uniqueItems": True}

    def read(node: Node, report: Report) -> tuple[T, ...] | Invalid:
        if not isinstance(node, Sequence):
            return _wrong_kind(node, report, f"a list (of {item.expected})")
        if len(node.items) < least:
            report.add("DOC-005", "the list is empty", node, hint="leave the key out, or write an item")
            return INVALID
        # Values of readers are hashable, and a dict keeps their order: a long list is not gone through for each.
        values: dict[T, None] = {}
        for child in node.items:
            value = item.read(child, report)
            if isinstance(value, Invalid):
                continue
            if value in values:
                shown = f" (`{child.text[:80]}`)" if isinstance(child, Scalar) else ""
                report.add("DOC-006", f"this item is written twice{shown}", child)
            else:
                values[value] = None
        return tuple(values)

    return Reader(read, schema, f"a list of {item.expected}")


def pairs_of(key: Reader[K], value: Reader[T], *, least: int = 1) -> Reader[tuple[tuple[K, T], ...]]:
    """A mapping with free keys, as pairs in the order written."""
    schema: dict[str, Any] = {
        "type": "object",
        "propertyNames": {name: rule for name, rule in key.schema.items() if name != "type"},
        "additionalProperties": value.schema,
        "minProperties": least,
    }

    def read(node: Node, report: Report) -> tuple[tuple[K, T], ...] | Invalid:
        if not isinstance(node, Mapping):
            return _wrong_kind(node, report, f"a mapping ({key.expected}: {value.expected})")
        if len(node.entries) < least:
            report.add("DOC-005", "the mapping is empty", node, hint="leave the key out, or write an entry")
            return INVALID
        read_pairs = [
            (key.read(entry.key, report), value.read(entry.value, report)) for entry in node.entries
        ]
        return tuple(
            (name, found)
            for name, found in read_pairs
            if not isinstance(name, Invalid) and not isinstance(found, Invalid)
        )

    return Reader(read, schema, f"a mapping of {key.expected} to {value.expected}")
