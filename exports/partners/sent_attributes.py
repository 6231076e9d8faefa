"""Which user attributes go into which columns of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.identifiers.encodings import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exports.identifiers.encodings import Encoding
    from exports.identifiers.normalised import Rules
    from exports.partners.profile import PartnerFile


@dataclass(frozen=True)
class SentAttribute:
    """A user attribute as one column has it. `is_own`: the column is for this kind of attribute, and for no list of texts."""

    name: str
    header: str
    rules: Rules
    encoding: Encoding
    is_own: bool


def sent_attributes(file: PartnerFile, names: tuple[str, ...]) -> tuple[SentAttribute, ...]:
    """The attributes that the file takes of those named: in the order of its columns, then as they are named.

    One may fill several columns, as a date of birth does.
    """
    return (*_in_columns(file, names), *_besides(file, names))


def _in_columns(file: PartnerFile, names: tuple[str, ...]) -> Iterator[SentAttribute]:
    by_meaning = {meaning(name): name for name in reversed(names)}
    for column in file.attribute_columns:
        name = by_meaning.get(meaning(column.attribute))
        if name is not None:
            yield SentAttribute(name, column.header, column.rules, column.encoding, is_own=True)


def _besides(file: PartnerFile, names: tuple[str, ...]) -> Iterator[SentAttribute]:
    any_ = file.attributes
    if any_ is None:
        return
    placed = {meaning(column.attribute) for column in file.attribute_columns}
    for name in names:
        if meaning(name) not in placed:
            yield SentAttribute(name, any_.header(name), any_.rules, PLAIN, is_own=False)


def meaning(name: str) -> str:
    """What tells attributes for columns apart: `$FirstName`, `first_name` and `First Name` are the same."""
    return re.sub(r"[\s$_-]", "", name).lower()
