"""Cities, states, postal codes and countries (partners.md §1.4). Their region is the country that they are in."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from exports.identifiers.normalised import Dropped, Normalised, Plain, Rules
from exports.identifiers.people import letters

#: ISO 3166-1 alpha-2 codes, as far as somewhere there has a telephone.
_COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) | {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}


def _city(text: str, region: str | None) -> Normalised:
    del region
    if not text.strip():
        return Dropped("empty")
    value = letters(text, spaces=False)
    return Plain(value) if value else Dropped("not_a_place")


def _state(text: str, region: str | None) -> Normalised:
    place = _city(text, region)
    if region == "US" and isinstance(place, Plain) and not re.fullmatch("[a-z]{2}", place.value):
        return Dropped("not_a_place")
    return place


def _postal_code(text: str, region: str | None) -> Normalised:
    value = "".join(
        character
        for character in unicodedata.normalize("NFKC", text).lower()
        if not character.isspace() and unicodedata.category(character) != "Pd"
    )
    if not value:
        return Dropped("empty")
    if not value.isalnum():
        return Dropped("not_a_place")
    if region != "US":
        return Plain(value)
    return Plain(value[:5]) if re.fullmatch("[0-9]{5}(?:[0-9]{4})?", value) else Dropped("not_a_place")


def _postal_code_google(text: str, region: str | None) -> Normalised:
    value = text.strip()
    if not value:
        return Dropped("empty")
    if region == "US" and not re.fullmatch("[0-9]{5}(?:-?[0-9]{4})?", value):
        return Dropped("not_a_place")
    return Plain(value) if any(map(str.isalnum, value)) and value.isprintable() else Dropped("not_a_place")


def _country(text: str) -> str | Dropped:
    value = text.strip().upper()
    if not value:
        return Dropped("empty")
    return value if value in _COUNTRIES else Dropped("not_a_place")


def _country_lower(text: str, region: str | None) -> Normalised:
    del region
    code = _country(text)
    return Plain(code.lower()) if isinstance(code, str) else code


def _country_upper(text: str, region: str | None) -> Normalised:
    del region
    code = _country(text)
    return Plain(code) if isinstance(code, str) else code


CITY = Rules("city", "NFC, lower case, no punctuation, no spaces", _city)
STATE = Rules("state", "as `city`; of the USA the two letters of the state", _state)
POSTAL_CODE = Rules(
    "postal_code",
    "lower case, no spaces, no dash; of the USA five digits",
    _postal_code,
)
POSTAL_CODE_GOOGLE = Rules(
    "postal_code_google", "trimmed; of the USA five digits, or five and four", _postal_code_google
)
COUNTRY = Rules("country", "ISO 3166-1 alpha-2, lower case", _country_lower)
COUNTRY_UPPER = Rules("country_upper", "ISO 3166-1 alpha-2, upper case", _country_upper)
