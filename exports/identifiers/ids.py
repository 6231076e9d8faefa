"""Ids that a partner compares with its own: customer ids, handles, what stands for a profile."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from exports.identifiers.expressions import itself, matches
from exports.identifiers.normalised import Dropped, Normalised, Plain, PlainCase, Rules

if TYPE_CHECKING:
    from sqlglot import exp


def _as_known(text: str, region: str | None) -> Normalised:
    del region
    value = text.strip()
    if not value:
        return Dropped("empty")
    # A NUL or a lone carriage return breaks files that are otherwise well quoted.
    if any(unicodedata.category(character) == "Cc" for character in value):
        return Dropped("not_an_id")
    return Plain(value)


def _handle(text: str, region: str | None) -> Normalised:
    del region
    value = text.strip().removeprefix("@").lower()
    if not value:
        return Dropped("empty")
    return Plain(value) if re.fullmatch(r"[a-z0-9_]{1,15}", value) else Dropped("not_an_id")


def _number(text: str, region: str | None) -> Normalised:
    del region
    value = text.strip()
    if not value:
        return Dropped("empty")
    return Plain(value) if re.fullmatch(r"[1-9][0-9]{0,19}", value) else Dropped("not_an_id")


def _device_id(text: str, region: str | None) -> Normalised:
    del region
    value = text.strip().lower().replace("-", "")
    if not value:
        return Dropped("empty")
    if not re.fullmatch(r"[0-9a-f]{16}", value):
        return Dropped("not_an_id")
    return Dropped("zero_advertising_id") if not value.strip("0") else Plain(value)


def _is_printable_ascii(value: exp.Expr, region: str | None) -> exp.Expr:
    del region
    return matches(value, "[!-~](?:[ -~]*[!-~])?")


ID = Rules(
    "id",
    "as it is known, trimmed; control characters are refused",
    _as_known,
    (PlainCase(_is_printable_ascii, itself),),
)
HANDLE = Rules("handle", "lower case without `@`", _handle)
ACCOUNT_NUMBER = Rules("account_number", "a whole number", _number)
ANDROID_ID = Rules("android_id", "16 hex digits, lower case, without dashes", _device_id)
