"""Mappings with named keys, declared once: the reading, its problems and the JSON Schema come from Fields.

    NAME = optional("name", text(longest=100), about="Shown to people.")
    ID = required("audience", identifier)
    values = read_fields(node, (ID, NAME), report, what="an audience")
    values[NAME]        # str | None, checked by the type checker

Codes: DOC-001 unknown key, DOC-002 a key is missing; those of the readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from transforms.documents.nodes import Mapping, Node, Scalar
from transforms.documents.readers import INVALID, Invalid, Reader, describe
from transforms.documents.report import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.documents.report import Report
    from transforms.errors import Place

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True, eq=False)
class Field(Generic[T]):
    """One key of a mapping. `about` is the description in the JSON Schema."""

    key: str
    reader: Reader[Any]
    about: str
    is_required: bool
    default: Any
    #: Whether `default` stands in for a required value that is not there, so that reading goes on.
    has_stand_in: bool = False
    #: Whether naming it is an error that explains itself; it is not in the schema.
    is_refused: bool = False


def required(key: str, reader: Reader[T], about: str) -> Field[T]:
    """A key without which there is no record."""
    return Field(key, reader, about, is_required=True, default=None)


def needed(key: str, reader: Reader[T], stand_in: S, about: str) -> Field[T | S]:
    """A key that must be there. Where it is not, or not valid, `stand_in` lets the rest still be checked."""
    return Field(key, reader, about, is_required=True, default=stand_in, has_stand_in=True)


def optional(key: str, reader: Reader[T], about: str) -> Field[T | None]:
    """A key that may be left out; then the value is None."""
    return Field(key, reader, about, is_required=False, default=None)


def defaulted(key: str, reader: Reader[T], default: T, about: str) -> Field[T]:
    """A key that may be left out; then the value is `default`."""
    return Field(key, reader, about, is_required=False, default=default)


def refused(key: str, message: str, hint: str = "") -> Field[None]:
    """A key that people will look for here, with what to say of it: better than the nearest other key."""

    def read(node: Node, report: Report) -> Invalid | None:
        report.add("DOC-007", message, node, hint=hint)
        return INVALID

    return Field(key, Reader(read, {}, "nothing"), "", is_required=False, default=None, is_refused=True)


class Values:
    """What was read of a mapping, by field."""

    def __init__(self, values: dict[str, Any], node: Mapping) -> None:
        self._values = values
        self.node = node

    def __getitem__(self, field: Field[T]) -> T:
        """The value of `field`, or its default where it is not written or not valid."""
        return cast("T", self._values.get(field.key, field.default))

    def place(self, field: Field[Any]) -> Place:
        """Where the field's value stands, or the mapping where it is not written."""
        found = self.node.get(field.key)
        return self.node.place if found is None else found.place

    def has(self, field: Field[Any]) -> bool:
        """Whether the key is written, valid or not."""
        return self.node.get(field.key) is not None


def read_fields(node: Node, fields: tuple[Field[Any], ...], report: Report, what: str) -> Values | None:
    """The values of a mapping, or None where it is none or a required key without stand-in is missing or not valid.

    Every key is read and every problem reported in any case.
    """
    if not isinstance(node, Mapping):
        report.add("DOC-003", f"expected {what} (a mapping), found {describe(node)}", node)
        return None
    by_key = {field.key: field for field in fields}
    known = tuple(field.key for field in fields if not field.is_refused)
    values: dict[str, Any] = {}
    for entry in node.entries:
        field = by_key.get(entry.key.text)
        if field is None:
            _report_unknown(entry.key, known, report, what)
            continue
        value = field.reader.read(entry.value, report)
        if not isinstance(value, Invalid):
            values[field.key] = value
    complete = True
    for field in fields:
        if field.is_required and field.key not in values:
            complete = complete and field.has_stand_in
            if node.get(field.key) is None:
                report.add("DOC-002", f"`{field.key}` is missing in {what}", node)
    return Values(values, node) if complete else None


def _report_unknown(key: Scalar, known: tuple[str, ...], report: Report, what: str) -> None:
    near = nearest(key.text, known)
    report.add(
        "DOC-001",
        f"unknown key `{key.text[:80]}` in {what}",
        key,
        allowed=known,
        hint=f"did you mean `{near}`?" if near else "",
    )


def fields_schema(fields: tuple[Field[Any], ...]) -> dict[str, Any]:
    """The JSON Schema of a mapping with these keys and no others."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            field.key: {"description": field.about, **field.reader.schema}
            for field in fields
            if not field.is_refused
        },
        "additionalProperties": False,
    }
    names = [field.key for field in fields if field.is_required]
    return {**schema, "required": names} if names else schema


def record(
    fields: tuple[Field[Any], ...], build: Callable[[Values, Report], R | Invalid], what: str
) -> Reader[R]:
    """A reader of a mapping with these keys; `build` makes the record and may report more problems."""

    def read(node: Node, report: Report) -> R | Invalid:
        values = read_fields(node, fields, report, what)
        return INVALID if values is None else build(values, report)

    return Reader(read, fields_schema(fields), what)
