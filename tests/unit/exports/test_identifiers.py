from __future__ import annotations

import unicodedata

import pytest

from exports.identifiers import (
    Dropped,
    Hashed,
    Plain,
    advertising_id,
    e164,
    email,
    phone_digits,
    plain,
    sha256,
)

# Published or recomputed vectors: reference/partners.md §1.2, profile plain-lower (Meta, Snapchat, X, Pinterest).
EMAILS = [
    (
        " Jane.Doe+Shop@GMAIL.com ",
        "jane.doe+shop@gmail.com",
        "12122421314e3c02d8acd5467f1266e839588a1ea2e4da1c2ab81036b7cd62e5",
    ),
    (
        "John_Smith@gmail.com",
        "john_smith@gmail.com",
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
    ),
    (
        "Test@Example.com",
        "test@example.com",
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
    ),
    (
        "m.hyde@example.com",
        "m.hyde@example.com",
        "0e9a6895b7b304eea58de1cd85acff7d73306f0a21ae3c2cd4b2134aa0b911a8",
    ),
    (
        "phileas@travelers.com",
        "phileas@travelers.com",
        "23b4bc889d4defe70fe5c589c5a0dded266e9cefed0be5046ad82f6326e35b62",
    ),
    (
        " ALEXZ@example.com ",
        "alexz@example.com",
        "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
    ),
    (
        "MyEmail@example.com",
        "myemail@example.com",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
    ),
    (
        "JaneSaoirse+Work@example.com",
        "janesaoirse+work@example.com",
        "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180",
    ),
]

# §1.3: text, region, E.164, digest of E.164.
PHONES = [
    (
        "(650)555-1212",
        "US",
        "+16505551212",
        "1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8",
    ),
    (
        "+44 (0)113 496 0987",
        None,
        "+441134960987",
        "0fac52d27ec377f8ad2f9de75d1f9bace693237e31868ae6f4616b8bbd0e94fb",
    ),
    (
        "1 (234) 567-8901",
        "US",
        "+12345678901",
        "10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee",
    ),
    (
        "+1-800-555-0100",
        None,
        "+18005550100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
    ),
    (
        "0491 570 006",
        "AU",
        "+61491570006",
        "858658053d2e122b7d9ddef2f65e42e738e7421be32b7a91df35aeb3e8fcce8f",
    ),
]

# §1.3: text, region, digits, digest of the digits.
DIGITS = [
    (
        "(650)555-1212",
        "US",
        "16505551212",
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
    ),
    (
        "+44 (0)113 496 0987",
        None,
        "441134960987",
        "0d0bdab1b69302da54eab62fafae55faadba503c4a51b870a57a34959d645be9",
    ),
    ("+16577770000", None, "16577770000", "8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2"),
    ("+37493828222", None, "37493828222", "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4"),
]


@pytest.mark.parametrize(("text", "normalised", "digest"), EMAILS)
def test_emails_hash_as_published(text: str, normalised: str, digest: str) -> None:
    found = email(text)
    assert found == Plain(normalised)
    assert sha256(Plain(normalised)) == digest


def test_composed_and_decomposed_letters_hash_alike() -> None:
    composed = "val\u00e9ry@example.com"
    assert email(unicodedata.normalize("NFD", composed.upper())) == Plain(composed)


@pytest.mark.parametrize(
    "text",
    [
        "quinn",
        " @googlemail.com",
        " ...@gmail.com",
        "a@b",
        "user@localhost",
        "a b@example.com",
        "a@exa mple.com",
        "a@example..com",
        "a@-example.com",
        "a\u200b@example.com",
        "a\n@example.com",
    ],
)
def test_what_is_no_email_is_dropped(text: str) -> None:
    assert email(text) == Dropped("not_an_email")


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_value_is_never_hashed(text: str) -> None:
    assert email(text) == e164(text, "US") == advertising_id(text) == Dropped("empty")


def test_the_digest_of_nothing_counts_as_empty() -> None:
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert email(nothing) == e164(nothing) == Dropped("empty")


@pytest.mark.parametrize(("text", "region", "normalised", "digest"), PHONES)
def test_phone_numbers_hash_as_published(text: str, region: str | None, normalised: str, digest: str) -> None:
    assert e164(text, region) == Plain(normalised)
    assert sha256(Plain(normalised)) == digest


@pytest.mark.parametrize(("text", "region", "normalised", "digest"), DIGITS)
def test_phone_digits_hash_as_published(text: str, region: str | None, normalised: str, digest: str) -> None:
    assert phone_digits(text, region) == Plain(normalised)
    assert sha256(Plain(normalised)) == digest


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
    ],
)
def test_other_spellings_of_a_phone_number(text: str, region: str | None, normalised: str) -> None:
    assert e164(text, region) == Plain(normalised)


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
    text: str, region: str | None, reason: str
) -> None:
    assert e164(text, region) == Dropped(reason)  # pyright: ignore[reportArgumentType]


def test_what_came_hashed_is_not_hashed_again() -> None:
    digest = EMAILS[0][2]
    assert email(f" {digest.upper()} ") == phone_digits(digest) == Hashed(digest)
    assert sha256(Hashed(digest)) == digest


def test_only_a_whole_digest_counts_as_hashed() -> None:
    assert email(EMAILS[0][2] + "0") == Dropped("not_an_email")
    assert email(f"{EMAILS[0][2]}@example.com") == Plain(f"{EMAILS[0][2]}@example.com")


def test_advertising_ids_are_lower_case_with_dashes() -> None:
    expected = Plain("aece52e7-03ee-455a-b3c4-e57283966239")
    assert advertising_id("AECE52E7-03EE-455A-B3C4-E57283966239") == expected
    assert advertising_id(" aece52e703ee455ab3c4e57283966239 ") == expected
    assert plain(expected) == expected.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("00000000-0000-0000-0000-000000000000", "zero_advertising_id"),
        ("aece52e7-03ee-455a-b3c4", "not_an_advertising_id"),
        ("e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176", "already_hashed"),
    ],
)
def test_what_is_no_advertising_id_is_dropped(text: str, reason: str) -> None:
    assert advertising_id(text) == Dropped(reason)  # pyright: ignore[reportArgumentType]
