"""Which phone numbers are E.164 already, but for spaces and brackets: a pattern from libphonenumber's tables.

The pattern leaves out what the library would change or might refuse (a trunk prefix, a leading zero, a length that it
does not know), so that both agree on all that matches.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

_DIGITS = frozenset("0123456789")


@cache
def international_pattern() -> str:
    r"""A regular expression of `+`, country code and national number."""
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    numbers = [(code, pattern) for code in codes if (pattern := _national(code)) is not None]
    by_pattern = sorted(numbers, key=lambda number: number[1])
    groups = (
        (pattern, "|".join(str(code) for code, _ in group))
        for pattern, group in groupby(by_pattern, key=lambda number: number[1])
    )
    return rf"\+(?:{'|'.join(f'(?:{codes}){pattern}' for pattern, codes in groups)})"


@cache
def national_pattern(region: str) -> str | None:
    """A regular expression of a region's numbers without a country code, None where there are no plain ones."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return None
    # Digits that might be an international prefix or the country code itself begin no plain number.
    others = {str(metadata.country_code)[0], *_literal_digits(metadata.international_prefix or "")}
    # Lengths are those of the region that leads the country code: +1 is the USA's, seven digits of Canada are none.
    leading = _leading(phonenumbers.country_code_for_region(region))
    return None if leading is None else _pattern(metadata, others, _lengths(metadata) & _lengths(leading))


def _national(code: int) -> str | None:
    metadata = _leading(code)
    return None if metadata is None else _pattern(metadata, set(), _lengths(metadata))


def _leading(code: int) -> PhoneMetadata | None:
    return PhoneMetadata.metadata_for_region_or_calling_code(
        code, phonenumbers.region_code_for_country_code(code)
    )


def _lengths(metadata: PhoneMetadata) -> set[int]:
    description = metadata.general_desc
    return set() if description is None else {length for length in description.possible_length if length > 1}


def _pattern(metadata: PhoneMetadata, excluded: set[str], lengths: set[int]) -> str | None:
    prefix = metadata.national_prefix_for_parsing
    if prefix is not None:
        if re.match(prefix, ""):
            return None
        excluded = excluded | _literal_digits(prefix)
    first = "".join(sorted(_DIGITS - excluded - {"0"}))
    if not first or not lengths:
        return None
    others = "|".join(rf"[0-9]{{{length - 1}}}" for length in sorted(lengths))
    return f"[{first}](?:{others})"


def _literal_digits(pattern: str) -> set[str]:
    """The digits that a match of `pattern` may begin with, and maybe others."""
    if r"\d" in pattern:
        return set(_DIGITS)
    ranges = re.findall(r"([0-9])-([0-9])", pattern)
    between = {str(digit) for low, high in ranges for digit in range(int(low), int(high) + 1)}
    return between | set(re.findall(r"[0-9]", pattern))
