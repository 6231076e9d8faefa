from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

NUMBER = re.compile(r" *([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?) *")
INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))?)?"
)
EXACT = Context(prec=500, Emax=10**9, Emin=-(10**9), traps=[])


def call(connection, function: str, *arguments):
    marks = ", ".join("?" * len(arguments))
    row = connection.execute(f"select {function}({marks})", list(arguments)).fetchone()
    assert row is not None
    return row[0]


def expected_number(text: str) -> Decimal | None:
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    mantissa, _, exponent = match[1].lower().partition("e")
    shift = int(exponent or 0)
    value = Decimal(mantissa)
    if value == 0:
        return Decimal(0)
    if value.adjusted() + shift > 40:
        return None
    if value.adjusted() + shift < -40:
        return Decimal(0)
    scaled = value.scaleb(shift, EXACT).quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP, context=EXACT)
    return scaled if abs(scaled) < Decimal(10) ** 29 else None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8", "8"),
        ("8.0", "8"),
        ("  8 ", "8"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("0.0000000005", "0.000000001"),
        ("-0.0000000005", "-0.000000001"),
        ("0.00000000049999", "0"),
        ("5e-10", "0.000000001"),
        ("4999999e-16", "0"),
        ("9" * 29, "9" * 29),
        ("-" + "9" * 29 + ".999999999", "-" + "9" * 29 + ".999999999"),
        ("0" * 40 + "1", "1"),
        ("1" + "0" * 40 + "e-40", "1"),
        ("0." + "0" * 40 + "1e41", "1"),
        ("1e28", "1" + "0" * 28),
        ("1e-400", "0"),
        ("1e-5000", "0"),
        ("1e-99999999999999999999999", "0"),
        ("0e99999999999999999999999", "0"),
        ("1e" + "0" * 30 + "2", "100"),
    ],
)
def test_number_is_read_with_nine_places(warehouse, text, number):
    assert call(warehouse, "as_number", text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "abc",
            "1 2",
            "1,000",
            "1_000",
            "0x10",
            "nan",
            "NaN",
            "inf",
            "-Infinity",
            "--1",
            "+-1",
            ".",
        ),
        *(
            "e5",
            "1e",
            "1e+",
            "1e1.5",
            ".e1",
            "١٢",
            "1\u00a0",
            "1\n",
            "\t1",
            "\u20071",
            "1\x00",
            "½",
            "true",
            "1e29",
            "1e400",
            "1e5000",
        ),
        *("1" + "0" * 29, "9" * 29 + ".9999999999", "1e99999999999999999999999", "1\x851"),
    ],
)
def test_anything_else_is_no_number(warehouse, text):
    assert call(warehouse, "as_number", text) is None


NUMERIC = st.one_of(
    st.text(alphabet="0123456789.eE+-_ \tnaifx", max_size=12),
    st.from_regex(NUMBER, fullmatch=True),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.builds(
        "{}{}.{}e{}".format,
        st.sampled_from(["", "-", "+"]),
        st.from_regex(r"[0-9]{1,45}", fullmatch=True),
        st.from_regex(r"[0-9]{0,45}", fullmatch=True),
        st.integers(-60, 60),
    ),
    st.builds("{}.{}".format, st.integers(-(10**30), 10**30), st.from_regex(r"[0-9]{0,45}", fullmatch=True)),
    st.text(max_size=6),
)


@given(NUMERIC)
@settings(max_examples=400, deadline=None)
@example("4" * 30 + "e-1")
def test_number_agrees_with_decimal_arithmetic(warehouse, text):
    assert call(warehouse, "as_number", text) == expected_number(text)


def expected_instant(text: str) -> datetime | None:
    if re.fullmatch(r"[0-9]{11,14}", text):
        return datetime(1970, 1, 1) + timedelta(milliseconds=int(text))
    match = INSTANT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, digits, sign, offset_hour, offset_minute = match.groups()
    if offset_hour and (int(offset_hour) > 23 or int(offset_minute) > 59):
        return None
    offset = timedelta(hours=int(offset_hour or 0), minutes=int(offset_minute or 0))
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((digits or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2018-01-31", datetime(2018, 1, 31)),
        ("2016-02-29", datetime(2016, 2, 29)),
        ("2018-01-31T10:20", datetime(2018, 1, 31, 10, 20)),
        ("2018-01-31 10:20:30", datetime(2018, 1, 31, 10, 20, 30)),
        ("2018-01-31T10:20:30.1", datetime(2018, 1, 31, 10, 20, 30, 100000)),
        ("2018-12-31T23:59:59.9999999Z", datetime(2018, 12, 31, 23, 59, 59, 999999)),
        ("2018-01-31T00:30+01:00", datetime(2018, 1, 30, 23, 30)),
        ("2018-01-31 23:30:00-23:59", datetime(2018, 2, 1, 23, 29)),
        ("2018-01-31T10:20Z", datetime(2018, 1, 31, 10, 20)),
        ("0001-01-01", datetime(1, 1, 1)),
        ("9999-12-31T23:59:59.999999", datetime(9999, 12, 31, 23, 59, 59, 999999)),
        ("10000000000", datetime(1970, 4, 26, 17, 46, 40)),
        ("1514764800123", datetime(2018, 1, 1, 0, 0, 0, 123000)),
        ("00000000000", datetime(1970, 1, 1)),
        ("99999999999999", datetime(5138, 11, 16, 9, 46, 39, 999000)),
    ],
)
def test_date_value_is_read(warehouse, text, instant):
    assert call(warehouse, "as_instant", text) == instant


@pytest.mark.parametrize(
    "text",
    [
        *("", "2018-02-30", "2017-02-29", "2018-13-01", "2018-00-10", "2018-1-1", "18-01-01", "2018-01-01Z"),
        *("2018-01-01+01:00", "2018-01-01T24:00", "2018-01-01T10:60", "2018-01-01T10:20:60", "2018-01-01T10"),
        *("2018-01-01T10:20:30.", "2018-01-01T10:20.5", "2018-01-01t10:20", "2018-01-01T10:20z"),
        *("2018-01-01T10:20 Z", "2018-01-01T10:20+0100", "2018-01-01T10:20+24:00", "2018-01-01T10:20+01:60"),
        *(
            "2018-01-01  10:20",
            " 2018-01-01",
            "2018-01-01 ",
            "2018-01-01\n",
            "0000-01-01",
            "0001-01-01T00:00+00:01",
        ),
        *(
            "9999-12-31T23:59-00:01",
            "1514764800",
            "151476480012345",
            "-1514764800123",
            "1514764800123.0",
            "infinity",
        ),
        *("epoch", "2018-01-01 (BC)", "２０１８-01-01", "2018-01-01T10:20:30,5", "20180101"),
    ],
)
def test_anything_else_is_no_date_value(warehouse, text):
    assert call(warehouse, "as_instant", text) is None


DATE_LIKE = st.one_of(
    st.from_regex(INSTANT, fullmatch=True),
    st.datetimes().map(datetime.isoformat),
    st.datetimes().map(lambda instant: instant.isoformat(" ") + "-08:30"),
    st.dates().map(str),
    st.text(alphabet="0123456789-: TZ.+", max_size=30),
    st.integers(0, 10**15).map(str),
    st.text(max_size=6),
)


@given(DATE_LIKE)
@settings(max_examples=400, deadline=None)
def test_date_value_agrees_with_the_calendar(warehouse, text):
    assert call(warehouse, "as_instant", text) == expected_instant(text)


def expected_version(text: str) -> tuple[int, ...] | None:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", text):
        return None
    parts = [int(part) for part in text.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


@pytest.mark.parametrize(
    "text",
    ["", "1.", ".1", "1..2", "v1", "1.0-beta", "1.2b", " 1", "1 ", "-1", "+1", "1\n", "١.٢", "1,2", "."],
)
def test_what_is_not_dotted_digits_is_no_version(warehouse, text):
    assert call(warehouse, "version_key", text) is None


def test_versions_sort_part_by_part(warehouse):
    ascending = [
        "0",
        "0.0.1",
        "0.1",
        "1",
        "1.0.1",
        "1.9",
        "1.10",
        "2.9",
        "2.10",
        "9",
        "10",
        "10.0.0.1",
        "1" * 40,
    ]
    keys = [call(warehouse, "version_key", text) for text in ascending]
    assert all(low < high for low, high in pairwise(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [("2", "2.0"), ("2.0.00", "2"), ("02.010", "2.10"), ("0", "0.0"), ("000", "0"), ("10", "10.0")],
)
def test_a_missing_part_is_zero(warehouse, one, other):
    assert call(warehouse, "version_key", one) == call(warehouse, "version_key", other)


VERSION = st.one_of(
    st.lists(st.one_of(st.integers(0, 12), st.integers(0, 10**30)).map(str), min_size=1, max_size=4).map(
        ".".join
    ),
    st.text(alphabet="01.", max_size=8),
)


@given(VERSION, VERSION)
@settings(max_examples=200, deadline=None)
def test_version_order_is_the_order_of_the_parts(warehouse, one, other):
    keys = [call(warehouse, "version_key", text) for text in (one, other)]
    parts = [expected_version(text) for text in (one, other)]
    assert [key is None for key in keys] == [part is None for part in parts]
    if None not in parts:
        assert (keys[0] < keys[1], keys[0] == keys[1]) == (parts[0] < parts[1], parts[0] == parts[1])


@pytest.mark.parametrize(
    "call_of_null",
    [
        *(
            "as_number(null::text)",
            "as_instant(null::text)",
            "version_key(null::text)",
            "variant_point(null::text)",
        ),
        *("as_total(null::decimal(38,9))", "total_of(null::decimal(38,9), 1)", "total_of(1, null::bigint)"),
    ],
)
def test_null_gives_null(warehouse, call_of_null):
    assert warehouse.execute(f"select {call_of_null}").fetchone() == (None,)


@given(st.text(max_size=20))
@settings(max_examples=50, deadline=None)
def test_variant_point_is_the_start_of_md5(warehouse, text):
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    assert call(warehouse, "variant_point", text) == int(digest[:8], 16)


def test_functions_work_over_columns_of_mixed_text(warehouse):
    rows = warehouse.execute(
        "select value, as_number(value), as_instant(value) from (select unnest(['1', 'x', '2e3', '2018-01-01', null]) as value)"
    ).fetchall()
    assert rows == [
        ("1", Decimal(1), None),
        ("x", None, None),
        ("2e3", Decimal(2000), None),
        ("2018-01-01", None, datetime(2018, 1, 1)),
        (None, None, None),
    ]
