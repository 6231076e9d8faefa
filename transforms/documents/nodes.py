"""YAML 1.2 as a tree of frozen nodes that know their place and keep the text of a scalar as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.errors import Place


@dataclass(frozen=True)
class Scalar:
    """One value as written: `2.10` stays `2.10`, `no` and dates are text, only true and false are booleans."""

    text: str
    place: Place
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing, `~` or `null` is written."""
        return not self.quoted and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def boolean(self) -> bool | None:
        """The boolean that `true` or `false` is, else None."""
        return {"true": True, "false": False}.get(self.text) if not self.quoted else None


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Entry:
    """One key and its value in a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True)
class Mapping:
    """Keys in the order written; a key stands once."""

    entries: tuple[Entry, ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None where it is not written."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def keys(self) -> tuple[str, ...]:
        """The keys in the order written."""
        return tuple(entry.key.text for entry in self.entries)


Node = Scalar | Sequence | Mapping
