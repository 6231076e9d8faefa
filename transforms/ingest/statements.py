"""Builds the rows of lake/users that one record says of its user, in the order of writing (spec §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from transforms.ingest.values import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.ingest.identities import Said


class Statement(NamedTuple):
    """The columns of USERS that a record's statements do not have alike."""

    said_at: int
    statement: str
    position: int
    name: str | None = None
    purpose: str | None = None
    value: str | None = None
    elements: list[str | None] | None = None
    is_removed: bool = False
    consented: bool | None = None
    fields: Mapping[str, str | None] | None = None


class Statements:
    """Gathers the statements of one record; each gets the next position, from `first` on."""

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self.rows: list[Statement] = []

    def say(
        self,
        said_at: int,
        statement: str,
        name: str | None = None,
        value: str | None = None,
        *,
        purpose: str | None = None,
        elements: list[str | None] | None = None,
        is_removed: bool = False,
        consented: bool | None = None,
        fields: Mapping[str, str | None] | None = None,
    ) -> None:
        """One statement; `fields` that are empty are left out."""
        rows = self.rows
        rows.append(
            Statement(
                said_at,
                statement,
                self._first + len(rows),
                name,
                purpose,
                value,
                elements,
                is_removed,
                consented,
                fields or None,
            )
        )

    def attribute(self, said_at: int, name: str, value: Any) -> None:
        """A user attribute: a list keeps its elements, null is a tag."""
        if isinstance(value, list):
            self.say(said_at, "attribute", name, elements=[to_text(element) for element in value])
        else:
            self.say(said_at, "attribute", name, to_text(value))

    def no_attribute(self, said_at: int, name: str) -> None:
        """A user attribute is taken away."""
        self.say(said_at, "attribute", name, is_removed=True)

    def identity(self, said_at: int, identity: Said) -> None:
        """An identity, or that there is none of its type any more."""
        self.say(said_at, "identity", identity.type, identity.value, is_removed=identity.value is None)
