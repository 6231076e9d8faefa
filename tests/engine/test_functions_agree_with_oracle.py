"""The warehouse's functions against the oracle's reading of the same texts."""

from __future__ import annotations

import hashlib
import string
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.support.functions import install_functions
from tests.support.oracle.values import instant, lower, number, version
from tests.support.world_values import ODD_NUMBERS, TEXTS, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


# Numbers are read in a query of their own: `total` names its argument four times.
_TOTALS = """
    select total(n) > as_total(b), total(n) = as_total(b),
           total(n) > total_of(b, count(n)), total(n) = total_of(b, count(n))
    from (select as_number(x) as n, cast($bound as decimal(38, 9)) as b from (select unnest($chosen) as x))
    group by b
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        install_functions(opened)
        yield opened


def column(connection: duckdb.DuckDBPyConnection, expression: str, texts: list[str]) -> list:
    """The expression over `x`, one text after the other."""
    relation = f"select {expression} from (select unnest($texts) as x, generate_subscripts($texts, 1) as i) order by i"
    return [row[0] for row in connection.execute(relation, {"texts": texts}).fetchall()]


def differences(texts: list[str], expected: list, found: list) -> list[tuple]:
    return [(text, want, got) for text, want, got in zip(texts, expected, found, strict=True) if want != got]


def near_numbers(random: Random) -> str:
    sign = random.choice(["", "", "+", "-"])
    whole = "".join(
        random.choices("0123456789", k=random.choice([0, 1, 2, 18, 19, 20, 28, 29, 30, 38, 39, 60]))
    )
    fraction = "".join(random.choices("05449", k=random.choice([0, 1, 8, 9, 10, 11, 30, 60])))
    point = random.choice([".", ".", ""]) if not fraction else "."
    exponent = random.choice(
        ["", "", "", f"e{random.choice(['', '+', '-'])}{random.choice([0, 1, 9, 10, 28, 29, 30, 38, 99])}"]
    )
    text = sign + whole + point + fraction + exponent
    if random.random() < 0.15:
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(string.printable[:-2] + "٣é") + text[place:]
    return text


def test_numbers_agree(connection: duckdb.DuckDBPyConnection) -> None:
    random = Random(7)
    texts = [*ODD_NUMBERS, *TEXTS, *(near_numbers(random) for _ in range(20_000))]
    # Whether white space other than the space counts is left open by the spec.
    texts = [text for text in texts if not set(text) & set("\t\n\r\v\f")]
    with localcontext(prec=60):
        expected = [None if read is None else Decimal(read).scaleb(-9) for read in map(number, texts)]
        found = column(connection, "as_number(x)", texts)
        assert differences(texts, expected, found)[:10] == []
    assert sum(read is None for read in expected) < 0.6 * len(texts)


def near_dates(random: Random) -> str:
    at = datetime(1970, 1, 1) + timedelta(microseconds=random.randrange(-(5 * 10**16), 10**17))
    text = random.choice(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"])
    text = at.strftime(text)
    if random.random() < 0.4:
        text += random.choice(
            ["Z", "+00:00", "-05:00", "+05:30", "+14:00", "-23:59", "7", "999", "z", "+0100", " Z"]
        )
    if random.random() < 0.2:
        place = random.randrange(len(text))
        text = text[:place] + random.choice(string.digits + " -:.TZ") + text[place + random.randrange(2) :]
    if random.random() < 0.15:
        text = str(random.randrange(10 ** random.randrange(9, 16)))
    return text


def test_dates_agree(connection: duckdb.DuckDBPyConnection) -> None:
    random = Random(7)
    ends = [
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59.9999999Z",
        "99999999999999",
        "10000000000",
        "2024-02-29",
    ]
    texts = [*TEXTS, *ODD_NUMBERS, *ends, *(near_dates(random) for _ in range(20_000))]
    expected = [instant(text) for text in texts]
    found = column(connection, "as_instant(x)", texts)
    assert differences(texts, expected, found)[:10] == []
    assert sum(read is None for read in expected) < 0.6 * len(texts)


def test_versions_agree(connection: duckdb.DuckDBPyConnection) -> None:
    random = Random(7)
    parts = ["0", "00", "1", "01", "9", "10", "2147483648", "9" * 25, "x", ""]
    made = [
        ".".join(random.choices(parts[:8] if n % 5 else parts, k=random.randint(1, 5))) for n in range(1500)
    ]
    texts = [*VERSIONS, *made]
    keys = column(connection, "version_key(x)", texts)
    assert [key is None for key in keys] == [version(text) is None for text in texts]
    readable = [text for text in texts if version(text) is not None]
    relation = (
        "select version_key(a) < version_key(b), version_key(a) = version_key(b)"
        " from (select unnest($a) as a, unnest($b) as b, unnest($i) as i) order by i"
    )
    pairs = list(pairwise(readable)) + [(text, random.choice(readable)) for text in readable]
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    rows = connection.execute(relation, {"a": first, "b": second, "i": list(range(len(pairs)))}).fetchall()
    wanted = [((version(a) or ()) < (version(b) or ()), version(a) == version(b)) for a, b in pairs]
    assert [(pair, want, got) for pair, want, got in zip(pairs, wanted, rows, strict=True) if want != got][
        :10
    ] == []


def test_lower_case_agrees_on_every_code_point(connection: duckdb.DuckDBPyConnection) -> None:
    points = [chr(code) for code in range(1, 0x11_0000) if not 0xD800 <= code < 0xE000]
    assigned = [point for point in points if point.lower() != point or ord(point) < 0x3000]
    texts = [*assigned, *TEXTS, "ΑΣ ΑΣΑ Σ"]
    assert (
        differences(texts, [lower(text) for text in texts], column(connection, "lower(x)", texts))[:10] == []
    )


def test_variant_points_agree(connection: duckdb.DuckDBPyConnection) -> None:
    texts = [
        f"{audience}:test 1:{mpid}" for audience in ("a", "käse") for mpid in (-(2**63), -1, 0, 2**63 - 1)
    ]
    expected = [int(hashlib.md5(text.encode()).hexdigest()[:8], 16) for text in texts]
    assert column(connection, "variant_point(x)", texts) == expected


def test_totals_of_the_largest_numbers_compare_exactly(connection: duckdb.DuckDBPyConnection) -> None:
    random = Random(7)
    ends = [
        "9" * 29 + ".999999999",
        "-" + "9" * 29 + ".999999999",
        "0.000000001",
        "-0.000000001",
        "0",
        "1.5",
        "-7",
    ]
    for _ in range(100):
        chosen = random.choices(ends, k=random.randint(1, 8))
        bound = random.choice([*ends, *chosen])
        total = sum(number(text) or 0 for text in chosen)
        units = number(bound) or 0
        row = connection.execute(_TOTALS, {"bound": bound, "chosen": chosen}).fetchone()
        wanted = (total > units, total == units, total > units * len(chosen), total == units * len(chosen))
        assert (chosen, bound, row) == (chosen, bound, wanted)
