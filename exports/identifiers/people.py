"""Names, genders and dates of birth (partners.md §1.4)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import partial

from exports.identifiers.normalised import Dropped, Normalised, Plain, Rules

_GENDERS = {"f": "f", "female": "f", "m": "m", "male": "m"}
#: Before and after a name, as Google leaves them out.
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "ii", "iii", "iv"})
_EARLIEST_YEAR = 1900
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")


def letters(text: str, *, spaces: bool) -> str:
    """NFC, lower case, without punctuation and symbols; inner white space as one space, or none."""
    value = unicodedata.normalize("NFC", text).lower()
    kept = "".join(
        " " if character.isspace() else character
        for character in value
        if character.isspace() or unicodedata.category(character)[0] in "LMN"
    )
    return (" " if spaces else "").join(kept.split())


def _name(text: str, region: str | None, *, spaces: bool) -> Normalised:
    del region
    if not text.strip():
        return Dropped("empty")
    value = letters(text, spaces=spaces)
    return Plain(value) if value else Dropped("not_a_name")


def _google_name(text: str, region: str | None, *, spaces: bool) -> Normalised:
    del region
    words = unicodedata.normalize("NFC", text).lower().split()
    if not words:
        return Dropped("empty")
    while len(words) > 1 and words[0].rstrip(".") in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1].strip(".,") in _TITLES:
        words = [*words[:-2], words[-2].rstrip(",")]
    value = (" " if spaces else "").join(words)
    return Plain(value) if any(map(str.isalpha, value)) else Dropped("not_a_name")


def _initial(text: str, region: str | None) -> Normalised:
    name = _name(text, region, spaces=False)
    return Plain(name.value[0]) if isinstance(name, Plain) else name


def _gender(text: str, region: str | None) -> Normalised:
    del region
    value = text.strip().lower()
    if not value:
        return Dropped("empty")
    # What is neither is not sent: a partner that knows two would be told something wrong.
    return Plain(_GENDERS[value]) if value in _GENDERS else Dropped("not_a_gender")


def _birth(text: str, region: str | None, *, form: str) -> Normalised:
    del region
    value = text.strip()
    if not value:
        return Dropped("empty")
    written = _ISO_DATE.fullmatch(value)
    if written is None:
        return Dropped("not_a_date")
    try:
        day = date(*map(int, written.groups()))
    except ValueError:
        return Dropped("not_a_date")
    return Plain(day.strftime(form)) if day.year >= _EARLIEST_YEAR else Dropped("not_a_date")


NAME = Rules("name", "NFC, lower case, no punctuation, one space between words", partial(_name, spaces=True))
NAME_WITHOUT_SPACES = Rules(
    "name_without_spaces", "NFC, lower case, no punctuation, no spaces", partial(_name, spaces=False)
)
NAME_GOOGLE = Rules(
    "name_google",
    "NFC, trimmed, lower case, without Mrs. or Jr.; spaces between words stay",
    partial(_google_name, spaces=True),
)
NAME_GOOGLE_WITHOUT_SPACES = Rules(
    "name_google_without_spaces",
    "NFC, lower case, without Mrs. or Jr., no spaces",
    partial(_google_name, spaces=False),
)
INITIAL = Rules("initial", "the first letter of a name, lower case", _initial)
GENDER = Rules("gender", "`f` or `m`; anything else is dropped", _gender)
BIRTH_DATE = Rules("birth_date", "yyyymmdd, of a date as yyyy-mm-dd", partial(_birth, form="%Y%m%d"))
BIRTH_YEAR = Rules("birth_year", "yyyy, of a date as yyyy-mm-dd", partial(_birth, form="%Y"))
BIRTH_MONTH = Rules("birth_month", "01 to 12, of a date as yyyy-mm-dd", partial(_birth, form="%m"))
BIRTH_DAY = Rules("birth_day", "01 to 31, of a date as yyyy-mm-dd", partial(_birth, form="%d"))
