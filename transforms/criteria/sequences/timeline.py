"""Two tables in one order of time: each row of the one with the latest instant of the other that it sees."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from transforms.criteria import expressions as sql

EVENT_AT = "event_at"
#: Where a row stands in the order of time.
_SORTED_AT = "sorted_at"


@dataclass(frozen=True)
class Timed:
    """A table with `mpid`, `event_at` and further `columns`, whose rows stand in the order of time at `sorted_at`."""

    table: str
    columns: tuple[str, ...]
    sorted_at: exp.Expr


def timeline(rows: Timed, others: Timed, partition: tuple[str, ...], instant: str) -> exp.Select:
    """`mpid`, `event_at` and the columns of `rows`, each with the latest `event_at` of `others`, called `instant`.

    Only others of the same user and the same values of `partition` count, which both have, and only those that
    stand no later. Rows without `event_at` are those of `others`. One pass over the sorted rows, so that a user with
    very many events costs no more than many users with few.
    """
    columns = rows.columns
    nothing = exp.cast(exp.null(), "timestamp")
    of_rows = exp.select(
        "mpid", EVENT_AT, *columns, exp.alias_(rows.sorted_at, _SORTED_AT), exp.alias_(nothing, instant)
    ).from_(sql.table(rows.table))
    of_others = exp.select(
        "mpid",
        exp.alias_(nothing.copy(), EVENT_AT),
        *(exp.column(name) if name in others.columns else exp.alias_(exp.null(), name) for name in columns),
        exp.alias_(others.sorted_at, _SORTED_AT),
        exp.alias_(exp.column(EVENT_AT), instant),
    ).from_(sql.table(others.table))
    latest = exp.Window(
        this=exp.Max(this=exp.column(instant)),
        partition_by=[exp.column(name) for name in ("mpid", *partition)],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(_SORTED_AT), nulls_first=False)]),
    )
    both = exp.Union(this=of_rows, expression=of_others, distinct=False)
    return exp.select("mpid", EVENT_AT, *columns, exp.alias_(latest, instant)).from_(
        exp.Subquery(this=both, alias=exp.TableAlias(this=exp.to_identifier("timeline")))
    )


def shifted(sign: type[exp.Add] | type[exp.Sub], interval: exp.Expr) -> exp.Expr:
    """`event_at` and a length of time later or earlier."""
    return sign(this=exp.column(EVENT_AT), expression=interval)
