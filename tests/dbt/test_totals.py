from __future__ import annotations

from decimal import Context, Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

EXACT = Context(prec=500, Emax=10**9, Emin=-(10**9), traps=[])


def as_ordered(value: Decimal) -> str:
    whole = int(EXACT.divide(value, Decimal(1)).to_integral_value("ROUND_FLOOR", EXACT))
    part = EXACT.subtract(value, Decimal(whole))
    side, digits = ("-", whole + 10**38) if whole < 0 else ("0", whole)
    return f"{side}{digits:038d}{format(part.copy_abs(), '.9f')[1:]}"


AMOUNT = st.one_of(st.integers(1 - 10**38, 10**38 - 1), st.integers(-(10**10), 10**10)).map(
    lambda billionths: Decimal(billionths).scaleb(-9, EXACT)
)


def total(connection, amounts):
    row = connection.execute(
        "select total(cast(amount as decimal(38, 9))) from (select unnest(?::varchar[]) as amount)",
        [[format(amount, "f") for amount in amounts]],
    ).fetchone()
    return row[0]


@given(st.lists(AMOUNT, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
@example([Decimal("9" * 29 + ".999999999")] * 20)
@example([Decimal("-" + "9" * 29 + ".999999999")] * 20)
def test_total_is_exact_past_the_range_of_a_decimal(warehouse, amounts):
    exact = Decimal(0)
    for amount in amounts:
        exact = EXACT.add(exact, amount)
    assert total(warehouse, amounts) == as_ordered(exact)


@given(AMOUNT)
@settings(max_examples=100, deadline=None)
@example(Decimal("-" + "9" * 29 + ".999999999"))
def test_bound_has_the_form_of_a_total(warehouse, bound):
    row = warehouse.execute("select as_total(cast(? as decimal(38, 9)))", [format(bound, "f")]).fetchone()
    assert row[0] == as_ordered(bound)


@given(AMOUNT, st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
@example(Decimal("-2.999999999"), 2**63 - 1)
def test_bound_times_count_is_exact(warehouse, bound, how_many):
    row = warehouse.execute(
        "select total_of(cast(? as decimal(38, 9)), ?::bigint)", [format(bound, "f"), how_many]
    ).fetchone()
    assert row[0] == as_ordered(EXACT.multiply(bound, Decimal(how_many)))


def test_total_compares_with_bounds_as_numbers_do(warehouse):
    row = warehouse.execute(
        """
        select total(x) = as_total(-0.3), total(x) > as_total(-1), total(x) < as_total(0), total(x) = total_of(-0.1, 3)
        from (values (-0.1::decimal(38, 9)), (-0.1), (-0.1), (null)) as amounts (x)
        """
    ).fetchone()
    assert row == (True, True, True, True)


def test_sum_of_nothing_is_null(warehouse):
    assert total(warehouse, []) is None
    assert warehouse.execute("select total(null::decimal(38, 9))").fetchone() == (None,)


def test_total_works_per_group_and_filtered(warehouse):
    rows = warehouse.execute(
        "select g, total(x::decimal(38, 9)) >= as_total(3) from (values (1, 1), (1, 2), (2, 1)) as t (g, x) "
        "group by g order by g"
    ).fetchall()
    assert rows == [(1, True), (2, False)]


def test_total_between_two_bounds_can_choose_groups(warehouse):
    rows = warehouse.execute(
        "select g from (values (1, -2.5), (2, 2), (2, 0.5), (3, 3), (4, -0.1)) as t (g, x) group by g "
        "having total(x::decimal(38, 9)) >= as_total(-0.1) and total(x::decimal(38, 9)) <= as_total(2.5) order by g"
    ).fetchall()
    assert rows == [(2,), (4,)]
