"""What is shown of a partner's answer, and how long it asks to wait."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.delivery.waits import seconds_to_wait
from exports.delivery.words import shown, texts_in
from tests.support.http_delivery import NOON


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("Invalid parameter", "Invalid parameter"),
        ("(#100) The parameter schema is required", "(#100) The parameter schema is required"),
        ("no list 120210000012345678", "no list …"),
        ("mail jane.doe+shop@example.co.uk now", "mail … now"),
        ("call +1 (650) 555-1212 now", "call … now"),
        (f"hash {hashlib.sha256(b'a').hexdigest()} is bad", "hash … is bad"),
        ("base64 ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8= is bad", "base64 … is bad"),
        ("device aece52e7-03ee-455a-b3c4-e57283966239 is bad", "device … is bad"),
        ("Bearer EAAGm0PX4ZCpsBAKZC1234567890", "Bearer …"),
        ("one\r\nlog line\x1b[31m more", "one log line [31m more"),
    ],
)
def test_whatever_could_be_a_person_or_a_secret_is_left_out(word: str, says: str) -> None:
    assert shown([word], ()) == (says,)


def test_values_that_were_sent_are_left_out_whatever_they_look_like() -> None:
    rows = [{"a": "Kunde Sieben", "b": ["Kunde"]}, {"c": None, "d": 7, "e": "ok"}]
    assert sorted(texts_in(rows)) == ["Kunde", "Kunde Sieben", "ok"]
    assert shown(["bad Kunde Sieben, not ok: Kunde"], texts_in(rows)) == ("bad …, not ok: …",)


def test_words_are_few_and_short() -> None:
    words = shown([f"{letter} " * 1_000 for letter in "abcdefgaab"], ())
    assert [word[0] for word in words] == list("abcde")
    assert all(len(word) <= 300 for word in words)


@given(st.text(max_size=40), st.text(min_size=3, max_size=12), st.text(max_size=40))
def test_no_hidden_text_is_shown(before: str, hidden: str, after: str) -> None:
    assert all(hidden not in word for word in shown([before + hidden + after], {hidden}) if "…" not in hidden)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "5"}, 5.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sun, 29 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"retry-after": "Sun, 29 Nov 2026 11:01:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 29 Nov 2026 12:01:00"}, 60.0),
        ({"retry-after": "soon", "x-ratelimit-reset": "7"}, 7.0),
        ({"retry-after": "3", "x-ratelimit-reset": "7"}, 3.0),
        ({"x-rate-limit-reset": str(int(NOON.timestamp()) + 90)}, 90.0),
        ({"x-rate-limit-reset": str(int(NOON.timestamp()) - 90)}, 0.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, None),
        ({"x-business-use-case-usage": "{}"}, None),
        ({"x-business-use-case-usage": "[1]"}, None),
        ({"x-business-use-case-usage": "no json"}, None),
    ],
)
def test_a_wait_is_what_the_headers_say(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers, lambda: NOON) == seconds
