"""Phone numbers by libphonenumber's rules (partners.md §1.3)."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from sqlglot import exp

from exports.identifiers.expressions import itself, matches
from exports.identifiers.normalised import Dropped, Normalised, Plain, PlainCase, Rules
from exports.identifiers.plain_phones import international_pattern, national_pattern

_FORMATTING = "[ ().-]"


def _e164(text: str, region: str | None) -> Normalised:
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


def _digits(text: str, region: str | None) -> Normalised:
    number = _e164(text, region)
    return Plain(number.value.removeprefix("+")) if isinstance(number, Plain) else number


def _ten_us_digits(text: str, region: str | None) -> Normalised:
    number = _e164(text, region or "US")
    if not isinstance(number, Plain):
        return number
    is_american = re.fullmatch(r"\+1\d{10}", number.value)
    return Plain(number.value.removeprefix("+1")) if is_american else Dropped("not_a_phone_number")


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # `is_possible_number` would take local numbers without an area code too; `is_valid_number` refuses real
    # ranges that are newer than its tables.
    possible = phonenumbers.is_possible_number_with_reason(number)
    return number if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None


def _unformatted(value: exp.Expr) -> exp.Expr:
    pattern = [exp.Literal.string(_FORMATTING), exp.Literal.string(""), exp.Literal.string("g")]
    return exp.Anonymous(this="regexp_replace", expressions=[value.copy(), *pattern])


def _is_e164(value: exp.Expr, region: str | None) -> exp.Expr:
    del region
    return matches(value, international_pattern())


def _is_formatted(value: exp.Expr, region: str | None) -> exp.Expr:
    patterns = [international_pattern()]
    national = None if region is None else national_pattern(region)
    if national is not None:
        patterns.append(national)
    return matches(_unformatted(value), "|".join(patterns))


def _from_formatted(value: exp.Expr, region: str | None) -> exp.Expr:
    number = _unformatted(value)
    if region is None or national_pattern(region) is None:
        return number
    prefix = exp.Literal.string(f"+{phonenumbers.country_code_for_region(region)}")
    is_international = exp.Anonymous(this="starts_with", expressions=[number.copy(), exp.Literal.string("+")])
    national = exp.DPipe(this=prefix, expression=number.copy())
    return exp.Case().when(is_international, number).else_(national)


def _without_plus(case: PlainCase) -> PlainCase:
    def value(text: exp.Expr, region: str | None) -> exp.Expr:
        return exp.Substring(this=case.value(text, region), start=exp.Literal.number(2))

    return PlainCase(case.holds, value)


# What is E.164 already is most of what there is, and needs no second look.
_PLAIN_CASES = (PlainCase(_is_e164, itself), PlainCase(_is_formatted, _from_formatted))

PHONE_E164 = Rules(
    "phone_e164",
    "`+`, country code and national number; no trunk zero, no extension",
    _e164,
    _PLAIN_CASES,
)
PHONE_DIGITS = Rules(
    "phone_digits", "the digits of E.164 without `+`", _digits, tuple(map(_without_plus, _PLAIN_CASES))
)
PHONE_US = Rules(
    "phone_us", "ten digits of a number of the USA or its neighbours, others are dropped", _ten_us_digits
)
