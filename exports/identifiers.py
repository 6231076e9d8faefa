"""Identifiers as partners match them: normalised, then hashed. Nothing here is ever logged.

Sources of the rules and of the vectors that test them: reference/partners.md §1.2 (e-mail), §1.3 (phone) and
§0.2 (advertising ids). A value that can't be matched is dropped with a reason; an empty value is never hashed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers

Reason = Literal[
    "empty",
    "not_an_email",
    "not_a_phone_number",
    "phone_number_without_region",
    "not_an_advertising_id",
    "zero_advertising_id",
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


@dataclass(frozen=True)
class Hashed:
    """A value that came in as SHA-256 already, in lower case."""

    digest: str


Normalised = Plain | Hashed | Dropped

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])?")
_ADVERTISING_ID = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
_EMPTY_DIGEST = hashlib.sha256(b"").hexdigest()


def email(text: str, region: str | None = None) -> Normalised:
    """Trimmed, NFC, lower case; dots and `+tag` stay (Meta, Snapchat, X, Pinterest, LinkedIn)."""
    del region
    hashed = _already_hashed(text)
    if hashed is not None:
        return hashed
    value = unicodedata.normalize("NFC", text).strip().lower()
    if not value:
        return Dropped("empty")
    local, _, domain = value.rpartition("@")
    unprintable = any(character.isspace() or not character.isprintable() for character in value)
    if unprintable or not any(map(str.isalnum, local)) or not _DOMAIN.fullmatch(domain):
        return Dropped("not_an_email")
    return Plain(value)


def e164(text: str, region: str | None = None) -> Normalised:
    """`+`, country code and national number: no trunk zero, no extension.

    A number without a country code takes that of `region`, and is dropped where there is none.
    """
    hashed = _already_hashed(text)
    if hashed is not None:
        return hashed
    # Format characters (zero-width, direction marks) come along when numbers are copied from documents.
    value = "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
    if not value:
        return Dropped("empty")
    number = _parsed(value, region)
    if number is None and re.match(r"\s*00[1-9]", value):
        # 00 is the international prefix of most of the world, and begins no national number.
        number = _parsed("+" + value.lstrip()[2:], None)
    if number is not None:
        return Plain(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    is_national = region is None and not value.startswith(("+", "\uff0b", "00"))
    has_digits = any(map(str.isdecimal, value))
    return Dropped("phone_number_without_region" if is_national and has_digits else "not_a_phone_number")


def phone_digits(text: str, region: str | None = None) -> Normalised:
    """The digits of E.164 without `+` (Meta, Snapchat)."""
    number = e164(text, region)
    return Plain(number.value.removeprefix("+")) if isinstance(number, Plain) else number


def advertising_id(text: str, region: str | None = None) -> Normalised:
    """A device's advertising id in lower case with dashes. All zeros means that tracking is off: dropped."""
    del region
    value = text.strip().lower()
    if not value:
        return Dropped("empty")
    if _SHA256.fullmatch(value):
        return Dropped("already_hashed")
    parts = _ADVERTISING_ID.fullmatch(value)
    if parts is None:
        return Dropped("not_an_advertising_id")
    return Dropped("zero_advertising_id") if not value.strip("0-") else Plain("-".join(parts.groups()))


def sha256(normalised: Plain | Hashed) -> str:
    """Lower-case hex; what came hashed is not hashed again."""
    match normalised:
        case Hashed(digest):
            return digest
        case Plain(value):
            return hashlib.sha256(value.encode()).hexdigest()


def plain(normalised: Plain | Hashed) -> str:
    """The value as it is."""
    match normalised:
        case Hashed(digest):
            return digest
        case Plain(value):
            return value


def _already_hashed(text: str) -> Hashed | Dropped | None:
    value = text.strip().lower()
    if not _SHA256.fullmatch(value):
        return None
    return Dropped("empty") if value == _EMPTY_DIGEST else Hashed(value)


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # `is_possible_number` would take local numbers without an area code too; `is_valid_number` refuses real
    # ranges that are newer than its tables.
    possible = phonenumbers.is_possible_number_with_reason(number)
    return number if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None
