"""Averages and the texts of totals, against fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.oracle.calculated import number_text

#: In units of 10⁻⁹.
UNITS = st.one_of(st.integers(1 - 10**38, 10**38 - 1), st.integers(-(10**10), 10**10))
QUANTITIES = st.one_of(st.integers(1, 10**27 - 1), st.integers(1, 5 * 10**9))
LARGEST = 10**38 - 1


def text(units: int) -> str:
    whole, places = divmod(abs(units), 10**9)
    return f"{'-' if units < 0 else ''}{whole}.{places:09d}"


def agrees(warehouse, average: str, exact: Fraction, bounds: set[int]) -> None:
    """The text prints as the fraction does, and lies on the same side of every bound."""
    (printed,) = warehouse.execute("select total_text(?)", [average]).fetchone()
    assert printed == number_text(exact)
    for bound in bounds:
        if abs(bound) < 10**38:
            less, equal = warehouse.execute(
                "select $average < as_total($bound::decimal(38, 9)), $average = as_total($bound::decimal(38, 9))",
                {"average": average, "bound": text(bound)},
            ).fetchone()
            wanted = exact * 10**9
            assert (less, equal) == (wanted < bound, wanted == bound)


def near(exact: Fraction) -> set[int]:
    floor = (exact * 10**9).__floor__()
    return {floor - 1, floor, floor + 1, 0}


@given(st.lists(UNITS, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
@example([LARGEST] * 7)
@example([-LARGEST] * 7)
@example([0, 0, 1])
@example([0, -1])
@example([-1, -1, 0])
@example([-(10**9), 0, 0])
def test_an_average_compares_exactly_and_prints_nine_places(warehouse, units):
    (average,) = warehouse.execute(
        "select average_of(total(amount), count(*)) from (select unnest(?::decimal(38, 9)[]) as amount)",
        [[text(one) for one in units]],
    ).fetchone()
    exact = Fraction(sum(units), len(units) * 10**9)
    agrees(warehouse, average, exact, near(exact))


@given(st.lists(st.tuples(UNITS, QUANTITIES), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
@example([(LARGEST, 10**27 - 1)] * 9)
@example([(-LARGEST, 10**27 - 1)] * 9)
@example([(LARGEST, 10**27 - 1), (-LARGEST, 1)])
@example([(0, 10**9), (-1, 10**9)])
@example([(1, 10**9), (0, 10**9)])
def test_a_weighted_average_compares_exactly_and_prints_nine_places(warehouse, lines):
    (average,) = warehouse.execute(
        """
        with lines as (
            select unnest($prices::decimal(38, 9)[]) as price, weight_of(unnest($quantities)) as weight
        ),
        totals as (select weighted_total(price, weight) as total, sum(weight) as weight from lines)
        select weighted_average_of(total, weight) from totals
        """,
        {
            "prices": [text(price) for price, _ in lines],
            "quantities": [text(quantity) for _, quantity in lines],
        },
    ).fetchone()
    weight = sum(quantity for _, quantity in lines)
    exact = Fraction(sum(price * quantity for price, quantity in lines), weight * 10**9)
    agrees(warehouse, average, exact, near(exact))


@pytest.mark.parametrize(
    ("quantity", "weight"),
    [
        ("3", Decimal(3)),
        (" 2.5 ", Decimal("2.5")),
        ("999999999999999999.999999999", Decimal("999999999999999999.999999999")),
        ("1000000000000000000", Decimal(1)),
        ("0", Decimal(0)),
        ("-2", Decimal(0)),
        ("-" + "9" * 29, Decimal(0)),
        ("9" * 29, Decimal(1)),
        ("several", Decimal(1)),
        ("", Decimal(1)),
        (None, Decimal(1)),
    ],
)
def test_what_a_quantity_weighs(warehouse, quantity, weight):
    assert warehouse.execute("select weight_of(?)", [quantity]).fetchone() == (int(weight * 10**9),)


@given(UNITS)
@settings(max_examples=100, deadline=None)
@example(0)
@example(-1)
@example(-(10**9))
@example(LARGEST)
@example(-LARGEST)
def test_a_total_prints_without_zeros_that_say_nothing(warehouse, units):
    (printed,) = warehouse.execute("select total_text(as_total(?::decimal(38, 9)))", [text(units)]).fetchone()
    assert printed == number_text(Fraction(units, 10**9))


def test_nothing_has_no_average_and_no_text(warehouse):
    assert warehouse.execute(
        "select average_of(total(amount), count(amount)), total_text(total(amount)), "
        "weighted_average_of(weighted_total(amount, weight), sum(weight)) "
        "from (select null::decimal(38, 9) as amount, null::hugeint as weight where false)"
    ).fetchone() == (None, None, None)


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ("2018-01-01 00:00:00", "2018-01-01T00:00:00.000000Z"),
        ("1970-01-01 00:00:00.000001", "1970-01-01T00:00:00.000001Z"),
        ("2199-12-31 23:59:59.999999", "2199-12-31T23:59:59.999999Z"),
    ],
)
def test_an_instant_is_read_back_exactly(warehouse, instant, written):
    assert warehouse.execute(
        "select instant_text($at::timestamp), as_instant(instant_text($at::timestamp)) = $at::timestamp",
        {"at": instant},
    ).fetchone() == (written, True)
