"""What the engine normalises by itself is what the rules give for the same text."""

from __future__ import annotations

import duckdb
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from exports.identifiers.encodings import ENCODINGS, Encoding
from exports.identifiers.normalised import Plain, Rules
from exports.identifiers.table import RULES
from tests.support.vectors import VECTORS

BY_THE_ENGINE = [rules for rules in RULES if rules.plain_cases]
REGIONS = (None, "US", "CA", "DE", "GB", "IT", "AR", "BR", "AU", "JP", "FI", "RU", "KZ", "SM", "IL")
LOCAL = st.text("abAB.+-_'@! é1", max_size=8)
ADDRESSES = st.builds(
    "{}@{}{}".format,
    LOCAL,
    st.sampled_from(["gmail.com", "Googlemail.com", "a-b.c.org", "x_.y"]),
    st.text(" .", max_size=1),
)
_CODES = tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
PHONE_NUMBERS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "+", "00", " +", "++"]),
    st.one_of(st.just(""), st.sampled_from(_CODES)),
    st.text("0123456789", min_size=2, max_size=13) | st.text("0123456789 ().-+x", max_size=16),
)
DEVICES = st.uuids().map(str) | st.uuids().map(lambda found: f" {str(found).upper()}") | st.just("0" * 32)
TEXTS = st.one_of(st.text(max_size=12), ADDRESSES, PHONE_NUMBERS, DEVICES)


def by_the_engine(
    texts: list[str], rules: Rules, region: str | None, encoding: Encoding = ENCODINGS[0]
) -> list[str | None]:
    column = exp.column("text")
    value = exp.Case()
    for case in rules.plain_cases:
        value = value.when(case.holds(column, region), encoding.expression(case.value(column, region)))
    listed = exp.Unnest(expressions=[exp.Placeholder(this="texts")])
    statement = exp.select(value).from_(exp.select(listed.as_("text")).subquery("given"))
    with duckdb.connect() as connection:
        found = connection.execute(statement.sql(dialect="duckdb"), {"texts": texts}).fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize("rules", BY_THE_ENGINE, ids=lambda rules: rules.name)
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=60), region=st.sampled_from(REGIONS))
def test_both_normalise_alike(rules: Rules, texts: list[str], region: str | None) -> None:
    for text, found in zip(texts, by_the_engine(texts, rules, region), strict=True):
        assert found is None or Plain(found) == rules.normalise(text, region), (text, region)


@pytest.mark.parametrize("rules", BY_THE_ENGINE, ids=lambda rules: rules.name)
@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.name)
def test_both_encode_alike(rules: Rules, encoding: Encoding) -> None:
    vectors = [vector for vector in VECTORS if vector.rules is rules]
    texts = [vector.text.strip() for vector in vectors]
    found = by_the_engine(texts, rules, "US", encoding)
    for vector, value in zip(vectors, found, strict=True):
        assert value is None or value == encoding.encode(vector.normalised)


@pytest.mark.parametrize(
    ("name", "region", "text", "expected"),
    [
        ("email", None, "Jane.Doe+Shop@Gmail.com", "jane.doe+shop@gmail.com"),
        ("email_google", None, "Jane.Doe+Shop@Gmail.com", "janedoe+shop@gmail.com"),
        ("phone_e164", None, "+1 (650) 555-1212", "+16505551212"),
        ("phone_digits", "US", "(650)555-1212", "16505551212"),
        ("phone_e164", "DE", "+4915112345678", "+4915112345678"),
        (
            "advertising_id",
            None,
            "AECE52E7-03EE-455A-B3C4-E57283966239",
            "aece52e7-03ee-455a-b3c4-e57283966239",
        ),
        ("id", None, "user-1", "user-1"),
    ],
)
def test_the_engine_takes_what_is_common(name: str, region: str | None, text: str, expected: str) -> None:
    rules = next(rules for rules in RULES if rules.name == name)
    assert by_the_engine([text], rules, region) == [expected]
