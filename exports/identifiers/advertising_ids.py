"""Advertising ids of devices (partners.md §0.2)."""

from __future__ import annotations

import re
from functools import partial

from sqlglot import exp

from exports.identifiers.expressions import as_known_or_trimmed, lowered, matches
from exports.identifiers.normalised import Dropped, Normalised, Plain, PlainCase, Rules

_PARTS = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
_WITH_DASHES = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ZERO = "00000000-0000-0000-0000-000000000000"


def _normalise(text: str, region: str | None, *, upper: bool) -> Normalised:
    del region
    value = text.strip().lower()
    if not value:
        return Dropped("empty")
    parts = _PARTS.fullmatch(value)
    if parts is None:
        return Dropped("not_an_advertising_id")
    value = "-".join(parts.groups())
    if value == _ZERO:
        return Dropped("zero_advertising_id")
    return Plain(value.upper() if upper else value)


def _plain(value: exp.Expr, region: str | None) -> exp.Expr:
    del region
    return exp.and_(
        matches(lowered(value), _WITH_DASHES),
        exp.NEQ(this=lowered(value), expression=exp.Literal.string(_ZERO)),
    )


def _value(value: exp.Expr, region: str | None, *, upper: bool) -> exp.Expr:
    del region
    return exp.Upper(this=value.copy()) if upper else lowered(value)


def _rules(name: str, about: str, *, upper: bool) -> Rules:
    return Rules(
        name,
        about,
        partial(_normalise, upper=upper),
        as_known_or_trimmed(PlainCase(_plain, partial(_value, upper=upper))),
        hex_is_plain=True,
    )


#: All zeros means that tracking is off: nobody's id.
ADVERTISING_ID = _rules("advertising_id", "lower case with dashes; the id of zeros is dropped", upper=False)
ADVERTISING_ID_UPPER = _rules(
    "advertising_id_upper", "upper case with dashes; the id of zeros is dropped", upper=True
)
