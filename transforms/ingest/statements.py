"""Builds the rows of lake/users that one record says of its user, in the order of writing (spec §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.ingest.values import to_text

if TYPE_CHECKING:
    from transforms.ingest.identities import Said


class Statements:
    """Gathers the statements of one record; each gets the next position."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self._columns = columns
        self.rows: list[dict[str, Any]] = []

    def say(self, said_at: int, statement: str, **columns: Any) -> None:
        """One statement with its columns of USERS; `fields` as a mapping, left out where it is empty."""
        fields = columns.pop("fields", None)
        row = {
            **self._columns,
            "said_at": said_at,
            "statement": statement,
            "is_removed": False,
            "position": len(self.rows),
            **columns,
        }
        if fields:
            row["fields"] = list(fields.items())
        self.rows.append(row)

    def attribute(self, said_at: int, name: str, value: Any) -> None:
        """A user attribute: a list keeps its elements, null is a tag."""
        if isinstance(value, list):
            self.say(said_at, "attribute", name=name, elements=[to_text(element) for element in value])
        else:
            self.say(said_at, "attribute", name=name, value=to_text(value))

    def no_attribute(self, said_at: int, name: str) -> None:
        """A user attribute is taken away."""
        self.say(said_at, "attribute", name=name, is_removed=True)

    def identity(self, said_at: int, identity: Said) -> None:
        """An identity, or that there is none of its type any more."""
        self.say(
            said_at, "identity", name=identity.type, value=identity.value, is_removed=identity.value is None
        )
