"""What a partner takes, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from exports.identifiers import Hashed, Normalised, Plain


@dataclass(frozen=True)
class IdentityColumn:
    """One column: which identity types fill it, how they are normalised, then encoded.

    `normalise` takes the value and the region of national phone numbers.
    """

    header: str
    identity_types: tuple[str, ...]
    normalise: Callable[[str, str | None], Normalised]
    encode: Callable[[Plain | Hashed], str]


@dataclass(frozen=True)
class Partner:
    """A partner's file format.

    `rules_version` goes into manifests and the ledger: a digest made by older rules must stay removable.
    `source` is where the rules are printed.
    """

    name: str
    title: str
    rules_version: str
    source: str
    columns: tuple[IdentityColumn, ...]

    @property
    def identity_types(self) -> tuple[str, ...]:
        """Every identity type that the partner accepts."""
        return tuple(kind for column in self.columns for kind in column.identity_types)
