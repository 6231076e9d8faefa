"""The functions of calculated attributes (spec §4.6), each as the tables that calculate it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.criteria.calculated.values import Values
    from transforms.criteria.operators.operator import Reading

#: What a value is: a number, one of the values as it was sent, a list of them, or an instant.
Gives = Literal["number", "text", "list", "instant"]
#: Common tables by name, in the order in which they are needed. The last has `mpid`, each once, and what is given:
#: `total` (a number as a text that sorts as it does), `value` (text), `elements` or `instant`.
Tables = list[tuple[str, exp.Select]]
#: A list keeps so many values, those seen first.
LONGEST_LIST = 100

_READINGS: dict[Gives, tuple[Reading, ...]] = {
    "number": ("number", "any"),
    "text": ("text", "number", "boolean", "date", "version", "any"),
    "list": ("list", "any"),
    "instant": ("date", "any"),
}


@dataclass(frozen=True)
class Function:
    """One function.

    `is_zero_of_nothing`: a user without a value has 0, else no value at all. `adds_up`: what days give gives that of all
    of them together, but for an average that weighs.
    """

    name: str
    gives: Gives
    tables: Callable[[Values, str], Tables]
    takes_value: bool = True
    is_zero_of_nothing: bool = False
    adds_up: bool = False

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What operators can read its value as."""
        return _READINGS[self.gives]


def _aggregate(
    column: str, aggregate: Callable[[Values], exp.Expr], needed: Callable[[Values], list[exp.Expr]]
) -> Callable[[Values, str], Tables]:
    """One table that groups by user."""

    def tables(values: Values, name: str) -> Tables:
        rows = values.rows([exp.alias_(aggregate(values), column)], needed(values))
        return [(name, rows.group_by("mpid", copy=False))]

    return tables


def _number(aggregate: Callable[[Values], exp.Expr]) -> Callable[[Values, str], Tables]:
    """One table that aggregates how many events there are, or values that are numbers."""

    def tables(values: Values, name: str) -> Tables:
        return [(name, values.numbers([exp.alias_(aggregate(values), "total")]))]

    return tables


def _no_condition(values: Values) -> list[exp.Expr]:
    del values
    return []


def _a_number(values: Values) -> list[exp.Expr]:
    return [sql.is_known(values.number())]


def _a_value(values: Values) -> list[exp.Expr]:
    return [sql.is_known(values.text())]


def _counted(counted: exp.Expr) -> exp.Expr:
    return sql.call("as_total", exp.cast(counted, "decimal(38, 9)"))


def _event_count(values: Values) -> exp.Expr:
    return _counted(values.how_many())


def _distinct_count(values: Values) -> exp.Expr:
    return _counted(exp.Count(this=exp.Distinct(expressions=[values.text()])))


def _sum(values: Values) -> exp.Expr:
    return values.total()


def _smallest(values: Values) -> exp.Expr:
    return sql.call("as_total", values.smallest())


def _largest(values: Values) -> exp.Expr:
    return sql.call("as_total", values.largest())


def _first_instant(values: Values) -> exp.Expr:
    del values
    return exp.Min(this=exp.column("event_at"))


def _last_instant(values: Values) -> exp.Expr:
    del values
    return exp.Max(this=exp.column("event_at"))


def _average(values: Values, name: str) -> Tables:
    """The sum over the count, or over the quantities that product prices weigh.

    In two tables, since DuckDB takes a second to plan a division of a sum that is written out within it.
    """
    if values.field is None or not values.field.is_product_price:
        summed = values.numbers(
            [exp.alias_(values.total(), "summed"), exp.alias_(values.how_many(), "how_many")]
        )
        average = sql.call("average_of", exp.column("summed"), exp.column("how_many"))
        return [
            (f"summed_{name}", summed),
            (name, exp.select("mpid", exp.alias_(average, "total")).from_(f"summed_{name}")),
        ]
    weight = sql.call("weight_of", exp.column("quantity", table="product"))
    is_some = exp.GT(this=weight.copy(), expression=exp.Literal.number(0))
    weighed = values.rows(
        [
            exp.alias_(sql.call("weighted_total", values.number(), weight), "weighted_total"),
            exp.alias_(exp.Sum(this=weight.copy()), "weight"),
        ],
        [*_a_number(values), is_some],
    ).group_by("mpid", copy=False)
    average = sql.call("weighted_average_of", exp.column("weighted_total"), exp.column("weight"))
    return [
        (f"weighed_{name}", weighed),
        (name, exp.select("mpid", exp.alias_(average, "total")).from_(f"weighed_{name}")),
    ]


def _most_frequent(values: Values, name: str) -> Tables:
    """The value that comes most often; of several the first by code point."""
    text = exp.alias_(values.text(), "value")
    often = exp.alias_(exp.Count(this=exp.Star()), "times")
    counted = values.rows([text, often], _a_value(values)).group_by("mpid", values.text(), copy=False)
    order = [exp.Ordered(this=exp.column("times"), desc=True, nulls_first=False), _ascending("value")]
    ranked = exp.select("mpid", "value", _numbered(["mpid"], order)).from_(f"counted_{name}")
    return [
        (f"counted_{name}", counted),
        (f"ranked_{name}", ranked),
        (name, _first("value", f"ranked_{name}")),
    ]


def _end(*, newest_first: bool) -> Callable[[Values, str], Tables]:
    """The value of the first or the last event that has one."""

    def tables(values: Values, name: str) -> Tables:
        text = exp.alias_(values.text(), "value")
        number = _numbered(["mpid"], values.order(newest_first=newest_first))
        ranked = values.rows([text, number], _a_value(values), ordered=True)
        return [(f"ranked_{name}", ranked), (name, _first("value", f"ranked_{name}"))]

    return tables


def _unique_list(values: Values, name: str) -> Tables:
    """The values seen first, sorted by code point."""
    text = exp.alias_(values.text(), "value")
    number = _numbered(["mpid"], values.order())
    seen = values.rows([text, number], _a_value(values), ordered=True)
    first = exp.alias_(exp.Min(this=exp.column("number")), "first_number")
    distinct = exp.select("mpid", "value", first).from_(f"seen_{name}").group_by("mpid", "value")
    numbered = _numbered(["mpid"], [_ascending("first_number")])
    ranked = exp.select("mpid", "value", numbered).from_(f"distinct_{name}")
    sorted_values = exp.Order(this=exp.column("value"), expressions=[_ascending("value")])
    elements = exp.alias_(exp.ArrayAgg(this=sorted_values), "elements")
    kept = exp.LTE(this=exp.column("number"), expression=exp.Literal.number(LONGEST_LIST))
    listed = exp.select("mpid", elements).from_(f"ranked_{name}").where(kept).group_by("mpid")
    return [
        (f"seen_{name}", seen),
        (f"distinct_{name}", distinct),
        (f"ranked_{name}", ranked),
        (name, listed),
    ]


def _ascending(column: str) -> exp.Expr:
    return exp.Ordered(this=exp.column(column), nulls_first=False)


def _numbered(partition: list[str], order: list[exp.Expr]) -> exp.Expr:
    window = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column(name) for name in partition],
        order=exp.Order(expressions=order),
        over="OVER",
    )
    return exp.alias_(window, "number")


def _first(column: str, table: str) -> exp.Select:
    is_first = exp.EQ(this=exp.column("number"), expression=exp.Literal.number(1))
    return exp.select("mpid", column).from_(table).where(is_first)


FUNCTIONS = (
    Function(
        "count",
        "number",
        _number(_event_count),
        takes_value=False,
        is_zero_of_nothing=True,
        adds_up=True,
    ),
    Function("sum", "number", _number(_sum), is_zero_of_nothing=True, adds_up=True),
    Function("min", "number", _number(_smallest), adds_up=True),
    Function("max", "number", _number(_largest), adds_up=True),
    Function("average", "number", _average, adds_up=True),
    Function("most_frequent", "text", _most_frequent),
    Function(
        "unique_count", "number", _aggregate("total", _distinct_count, _a_value), is_zero_of_nothing=True
    ),
    Function("unique_list", "list", _unique_list),
    Function("first_value", "text", _end(newest_first=False)),
    Function("last_value", "text", _end(newest_first=True)),
    Function(
        "first_timestamp",
        "instant",
        _aggregate("instant", _first_instant, _no_condition),
        takes_value=False,
    ),
    Function(
        "last_timestamp",
        "instant",
        _aggregate("instant", _last_instant, _no_condition),
        takes_value=False,
    ),
)
