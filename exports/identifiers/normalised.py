"""What becomes of one value on its way to a partner. Nothing of it is ever logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

Reason = Literal[
    "empty",
    "not_an_email",
    "not_a_phone_number",
    "phone_number_without_region",
    "not_an_advertising_id",
    "zero_advertising_id",
    "not_an_id",
    "not_a_name",
    "not_a_place",
    "not_a_date",
    "not_a_gender",
    "not_a_text",
    "list",
    "already_hashed",
]


@dataclass(frozen=True)
class Dropped:
    """A value that is not sent, and why."""

    reason: Reason


@dataclass(frozen=True)
class Plain:
    """A normalised value, not hashed yet."""

    value: str


Normalised = Plain | Dropped


@dataclass(frozen=True)
class PlainCase:
    """What the engine can do by itself: where `holds` is true, `value` is what the rules give for the same text.

    Of several cases the first that holds counts. Both are made of the expression of a text and the region of national phone numbers. Most values are plain, and
    a million of them take the engine a second and Python a minute.
    """

    holds: Callable[[exp.Expr, str | None], exp.Expr]
    value: Callable[[exp.Expr, str | None], exp.Expr]


@dataclass(frozen=True)
class Rules:
    """How values of one kind are normalised. `name` is what a definition calls them, `about` says what they do.

    `normalise` takes a text and the region of national phone numbers, an ISO 3166 code. `hex_is_plain`: 32 hex
    digits are a value of this kind, so that they are no MD5.
    """

    name: str
    about: str
    normalise: Callable[[str, str | None], Normalised]
    plain_cases: tuple[PlainCase, ...] = ()
    hex_is_plain: bool = False
