"""How the values of one user are aggregated: from the events themselves, or from their rows of a rollup by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from transforms.criteria.values import TextValue

#: Columns of a rollup by day (Rollup), those of the values of a field last.
EVENTS = "events"
TOTAL_WHOLE, TOTAL_PART, SMALLEST, LARGEST = "total_whole", "total_part", "smallest", "largest"


class Aggregates(Protocol):
    """Aggregates over the rows of one user; `value` is that of one event or line. Each call gives new nodes."""

    def how_many(self) -> exp.Expr:
        """How many events or lines there are, a whole number."""
        ...

    def total(self, value: TextValue) -> exp.Expr:
        """Their exact sum, a text that sorts as numbers do (the warehouse function `total`)."""
        ...

    def smallest(self, value: TextValue) -> exp.Expr:
        """The least of them, a number."""
        ...

    def largest(self, value: TextValue) -> exp.Expr:
        """The greatest of them, a number."""
        ...


class OfEvents:
    """Aggregates whose rows are events or lines."""

    def how_many(self) -> exp.Expr:
        """See Aggregates."""
        return exp.Count(this=exp.Star())

    def total(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        return sql.call("total", value.number())

    def smallest(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        return exp.Min(this=value.number())

    def largest(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        return exp.Max(this=value.number())


class OfDays:
    """Aggregates whose rows are days of a rollup, which knows the values: `value` is not looked at."""

    def how_many(self) -> exp.Expr:
        """See Aggregates."""
        return exp.Sum(this=exp.column(EVENTS))

    def total(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        del value
        return sql.call("total_of_parts", exp.column(TOTAL_WHOLE), exp.column(TOTAL_PART))

    def smallest(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        del value
        return exp.Min(this=exp.column(SMALLEST))

    def largest(self, value: TextValue) -> exp.Expr:
        """See Aggregates."""
        del value
        return exp.Max(this=exp.column(LARGEST))


def columns_of_days(value: TextValue | None) -> tuple[exp.Expr, ...]:
    """What a rollup keeps of the events of one user and day; `value` None: of nothing but how many there are."""
    columns = {EVENTS: OfEvents().how_many()}
    columns |= {name: aggregate(this=of_event) for name, aggregate, of_event in _of_value(value)}
    return _named(columns)


def columns_of_event(value: TextValue | None) -> tuple[exp.Expr, ...]:
    """The same columns of a single event or line."""
    columns: dict[str, exp.Expr] = {EVENTS: exp.Literal.number(1)}
    columns |= {name: of_event for name, _, of_event in _of_value(value)}
    return _named(columns)


def _of_value(value: TextValue | None) -> tuple[tuple[str, type[exp.AggFunc], exp.Expr], ...]:
    """Each column of a value: what aggregates it, and what it is of a single event."""
    if value is None:
        return ()
    return (
        (TOTAL_WHOLE, exp.Sum, sql.call("whole_of", value.number())),
        (TOTAL_PART, exp.Sum, sql.call("part_of", value.number())),
        (SMALLEST, exp.Min, value.number()),
        (LARGEST, exp.Max, value.number()),
    )


def _named(columns: dict[str, exp.Expr]) -> tuple[exp.Expr, ...]:
    return tuple(exp.alias_(column, name) for name, column in columns.items())
