from __future__ import annotations

import hashlib
import unicodedata
from typing import get_args

import pytest

from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import (
    EMAIL,
    EMAIL_GOOGLE,
    EMAIL_GOOGLE_2026,
    EMAIL_TIKTOK,
    EMAIL_TIKTOK_2024,
    EMAIL_UID2,
)
from exports.identifiers.encodings import (
    ENCODINGS,
    MD5,
    PLAIN,
    SHA1,
    SHA256,
    SHA256_BASE64,
    Encoding,
    Given,
    recognise,
)
from exports.identifiers.ids import ACCOUNT_NUMBER, ANDROID_ID, HANDLE, ID
from exports.identifiers.normalised import Dropped, Plain, Reason, Rules
from exports.identifiers.people import (
    BIRTH_DATE,
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
    GENDER,
    INITIAL,
    NAME,
    NAME_GOOGLE,
    NAME_WITHOUT_SPACES,
)
from exports.identifiers.phones import PHONE_DIGITS, PHONE_E164, PHONE_US
from exports.identifiers.places import CITY, COUNTRY, COUNTRY_UPPER, POSTAL_CODE, POSTAL_CODE_GOOGLE, STATE
from exports.identifiers.table import RULES
from tests.support.vectors import EMAILS, VECTORS, Vector

EMAIL_RULES = (EMAIL, EMAIL_GOOGLE, EMAIL_GOOGLE_2026, EMAIL_UID2, EMAIL_TIKTOK, EMAIL_TIKTOK_2024)
DIGEST = EMAILS[0].encoded
DIGEST_OF_NOTHING = hashlib.sha256(b"").hexdigest()


def by_name(value: object) -> str | None:
    return value.name if isinstance(value, (Rules, Encoding)) else None


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.rules.name} {vector.key}")
def test_identifiers_are_normalised_and_hashed_as_published(vector: Vector) -> None:
    assert vector.rules.normalise(vector.text, vector.region) == Plain(vector.normalised)
    assert recognise(vector.text, vector.region, vector.rules, vector.encoding) == Plain(vector.normalised)
    assert vector.encoding.encode(vector.normalised) == vector.encoded


def test_addresses_that_differ_in_case_alone_hash_alike() -> None:
    # Hashing as written made two digests of one address (action-destinations 2668).
    found = {recognise(text, None, EMAIL, SHA256) for text in ("test@gmail.com", "Test@gmail.com")}
    assert len(found) == 1


def test_composed_and_decomposed_letters_hash_alike() -> None:
    composed = "val\u00e9ry@example.com"
    for rules in EMAIL_RULES:
        assert rules.normalise(unicodedata.normalize("NFD", composed.upper()), None) == Plain(composed)


def test_sharp_s_stays_what_it_is() -> None:
    assert NAME.normalise("Wei\u00dfmann", None) == Plain("wei\u00dfmann")


@pytest.mark.parametrize("rules", EMAIL_RULES, ids=by_name)
@pytest.mark.parametrize(
    "text",
    [
        "quinn",
        " @googlemail.com",
        " ...@gmail.com",
        "a@b",
        "user@localhost",
        "a@example..com",
        "a@-example.com",
        "a\u200b@example.com",
        "=1+1@example.com",
    ],
)
def test_what_is_no_email_is_dropped(rules: Rules, text: str) -> None:
    assert rules.normalise(text, None) == Dropped("not_an_email")


@pytest.mark.parametrize("rules", [EMAIL_GOOGLE_2026, EMAIL_UID2, EMAIL_TIKTOK], ids=by_name)
def test_an_address_of_which_a_rule_leaves_nothing_is_dropped(rules: Rules) -> None:
    assert rules.normalise("+shop@gmail.com", None) == Dropped("not_an_email")


@pytest.mark.parametrize("text", ["a b@example.com", "a@exa mple.com", "a\n@example.com"])
def test_space_inside_an_address_is_refused_or_taken_out(text: str) -> None:
    assert EMAIL.normalise(text, None) == Dropped("not_an_email")
    assert EMAIL_GOOGLE.normalise(text, None) == Plain("".join(text.split()))


@pytest.mark.parametrize("rules", EMAIL_RULES, ids=by_name)
def test_the_domain_is_never_changed(rules: Rules) -> None:
    # A normaliser once took every dot out and hashed `…@domaincom` (action-destinations 1387).
    found = rules.normalise("A.B@Mail.Example.co.uk", None)
    assert isinstance(found, Plain)
    assert found.value.endswith("@mail.example.co.uk")


@pytest.mark.parametrize("rules", RULES, ids=by_name)
@pytest.mark.parametrize("encoding", ENCODINGS, ids=by_name)
@pytest.mark.parametrize("text", ["", "  ", "\t", "\u00a0"])
def test_an_empty_value_is_never_hashed(rules: Rules, encoding: Encoding, text: str) -> None:
    assert recognise(text, "US", rules, encoding) == Dropped("empty")


@pytest.mark.parametrize("encoding", [MD5, SHA1, SHA256, SHA256_BASE64], ids=by_name)
def test_the_digest_of_nothing_counts_as_empty(encoding: Encoding) -> None:
    assert recognise(encoding.encode(""), None, EMAIL, encoding) == Dropped("empty")


@pytest.mark.parametrize(
    ("text", "region", "normalised"),
    [
        ("011 44 113 496 0987", "US", "+441134960987"),
        ("00441134960987", "US", "+441134960987"),
        ("00441134960987", None, "+441134960987"),
        ("00 44 113 496 0987", "DE", "+441134960987"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+1 555-555-1234 x9", None, "+15555551234"),
        ("+1\u2011650\u2011555\u20111212", None, "+16505551212"),
        ("\u202a+1 650 555 1212\u202c", None, "+16505551212"),
        ("\uff0b\uff11 \uff16\uff15\uff10 555 1212", None, "+16505551212"),
    ],
)
def test_other_spellings_of_a_phone_number(text: str, region: str | None, normalised: str) -> None:
    assert PHONE_E164.normalise(text, region) == Plain(normalised)


@pytest.mark.parametrize(
    ("text", "region", "reason"),
    [
        (" +A BCD ", "US", "not_a_phone_number"),
        ("+0000000000", "US", "not_a_phone_number"),
        ("12345", "US", "not_a_phone_number"),
        ("555-1212", "US", "not_a_phone_number"),
        ("none", None, "not_a_phone_number"),
        ("0491 570 006", None, "phone_number_without_region"),
        ("16505551212", None, "phone_number_without_region"),
    ],
)
def test_what_is_no_phone_number_is_dropped_with_its_reason(
    text: str, region: str | None, reason: Reason
) -> None:
    assert PHONE_E164.normalise(text, region) == PHONE_DIGITS.normalise(text, region) == Dropped(reason)


def test_a_number_of_another_country_has_no_ten_us_digits() -> None:
    assert PHONE_US.normalise("+441134960987", None) == Dropped("not_a_phone_number")


@pytest.mark.parametrize("rules", [EMAIL, PHONE_DIGITS, ADVERTISING_ID, ID], ids=by_name)
def test_what_came_hashed_is_not_hashed_again(rules: Rules) -> None:
    assert recognise(f" {DIGEST.upper()} ", None, rules, SHA256) == Given(DIGEST)


def test_a_digest_that_came_as_hex_or_base64_is_written_as_base64() -> None:
    expected = Given(SHA256_BASE64.encode(EMAILS[0].normalised))
    assert len(expected.digest) == 44
    assert recognise(DIGEST, None, EMAIL, SHA256_BASE64) == expected
    assert recognise(expected.digest, None, EMAIL, SHA256_BASE64) == expected


@pytest.mark.parametrize(
    ("digest", "encoding"), [(DIGEST, MD5), (DIGEST, SHA1), (DIGEST, PLAIN), (DIGEST[:32], SHA256)]
)
def test_a_digest_of_another_kind_is_dropped(digest: str, encoding: Encoding) -> None:
    assert recognise(digest, None, EMAIL, encoding) == Dropped("already_hashed")


def test_only_a_whole_digest_counts_as_hashed() -> None:
    assert recognise(DIGEST + "0", None, EMAIL, SHA256) == Dropped("not_an_email")
    address = f"{DIGEST}@example.com"
    assert recognise(address, None, EMAIL, SHA256) == Plain(address)


def test_an_advertising_id_without_dashes_is_no_md5() -> None:
    dashes = "aece52e7-03ee-455a-b3c4-e57283966239"
    assert recognise(dashes.replace("-", ""), None, ADVERTISING_ID, MD5) == Plain(dashes)
    assert ADVERTISING_ID.normalise(f" {dashes.upper()} ", None) == Plain(dashes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("00000000-0000-0000-0000-000000000000", "zero_advertising_id"),
        ("00000000000000000000000000000000", "zero_advertising_id"),
        ("aece52e7-03ee-455a-b3c4", "not_an_advertising_id"),
    ],
)
def test_what_is_no_advertising_id_is_dropped(text: str, reason: Reason) -> None:
    assert ADVERTISING_ID.normalise(text, None) == Dropped(reason)


@pytest.mark.parametrize(
    ("rules", "text", "region", "found"),
    [
        (ID, " A-1 ", None, Plain("A-1")),
        (ID, "=1+1", None, Plain("=1+1")),
        (ID, "a\x00b", None, Dropped("not_an_id")),
        (ID, "a\rb", None, Dropped("not_an_id")),
        (HANDLE, "not a handle", None, Dropped("not_an_id")),
        (ACCOUNT_NUMBER, "007", None, Dropped("not_an_id")),
        (ACCOUNT_NUMBER, "\u0661", None, Dropped("not_an_id")),
        (ANDROID_ID, "9774-D56D-682E-549C", None, Plain("9774d56d682e549c")),
        (ANDROID_ID, "0" * 16, None, Dropped("zero_advertising_id")),
        (NAME, "O\u2019Neil  Jr.", None, Plain("oneil jr")),
        (NAME_WITHOUT_SPACES, "Mary-Ann Lee", None, Plain("maryannlee")),
        (NAME, "\u2764", None, Dropped("not_a_name")),
        (NAME_GOOGLE, "Mrs. Zo\u00eb P\u00e9rez, Jr.", None, Plain("zo\u00eb p\u00e9rez")),
        (NAME_GOOGLE, "Dr", None, Plain("dr")),
        (INITIAL, " \u00c9lise", None, Plain("\u00e9")),
        (GENDER, "X", None, Dropped("not_a_gender")),
        (BIRTH_YEAR, "1997-02-16", None, Plain("1997")),
        (BIRTH_MONTH, "1997-02-16", None, Plain("02")),
        (BIRTH_DAY, "1997-02-06", None, Plain("06")),
        (BIRTH_DATE, "1997-02-30", None, Dropped("not_a_date")),
        (BIRTH_DATE, "1899-12-31", None, Dropped("not_a_date")),
        (BIRTH_DATE, "2/16/1997", None, Dropped("not_a_date")),
        (CITY, "S\u00e3o Paulo", None, Plain("s\u00e3opaulo")),
        (STATE, "California", "US", Dropped("not_a_place")),
        (STATE, "Nordrhein-Westfalen", "DE", Plain("nordrheinwestfalen")),
        (POSTAL_CODE, "1234", "US", Dropped("not_a_place")),
        (POSTAL_CODE, "1012 JS", "NL", Plain("1012js")),
        (POSTAL_CODE_GOOGLE, "94045-1234", "US", Plain("94045-1234")),
        (POSTAL_CODE_GOOGLE, "9404", "US", Dropped("not_a_place")),
        (COUNTRY, "Germany", None, Dropped("not_a_place")),
        (COUNTRY_UPPER, "uk", None, Dropped("not_a_place")),
    ],
)
def test_ids_people_and_places(rules: Rules, text: str, region: str | None, found: Plain | Dropped) -> None:
    assert rules.normalise(text, region) == found


def test_rules_have_names_of_their_own() -> None:
    assert len({rules.name for rules in RULES}) == len(RULES)


def test_every_reason_is_a_word_that_a_manifest_can_show() -> None:
    assert all(reason.isidentifier() for reason in get_args(Reason))
