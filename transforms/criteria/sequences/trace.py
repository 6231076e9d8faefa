"""The chain behind a verdict: one row a step, as far as a user gets (spec §4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.sequences.tables import SequenceTables, instant_of, step_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.events.windows import Window
    from transforms.criteria.scope import Scope
    from transforms.criteria.sequences.steps import Steps

_ENDS = "ends"
_RANK = "place"


def trace_query(steps: Steps, window: Window, scope: Scope) -> exp.Query:
    """`mpid`, `step`, `time` and `event` of the events of one chain of each user.

    Of a member it is a chain that makes one; of others the latest that gets furthest, and the event that `not`
    forbids, where that keeps them out.
    """
    tables = SequenceTables(steps, window, scope, traced=True)
    common = [*tables.tables]
    following: str | None = None
    if steps.absence is not None:
        ends = tables.ends()
        following = _ENDS
        renamed = exp.alias_(exp.column("event_at"), instant_of(tables.last))
        columns = [each.column for each in tables.memory.carried(tables.last)]
        common.append((_ENDS, exp.select("mpid", renamed, *columns).from_(_subquery(ends, "unfollowed"))))
    for number in range(tables.last, 0, -1):
        common.append((f"chain_{number}", _chain(tables, number, following)))
        following = f"chain_{number}"
    query: exp.Query | None = None
    for rows in _rows(tables, steps):
        query = rows if query is None else exp.Union(this=query, expression=rows, distinct=False)
    found = exp.select("mpid", "step", "time", "event").from_(_subquery(query or exp.select(), "found"))
    for name, table in common:
        found = found.with_(name, as_=table, copy=False)
    return found


def _chain(tables: SequenceTables, number: int, following: str | None) -> exp.Query:
    """One event of a step for each user who reaches it: the one before that of `following`, else the latest."""
    step = step_table(number)
    columns = ("mpid", "event_at", *tables.traced_columns(number))
    reached = exp.select(*columns).from_(sql.table(step))
    if following is None:
        return _latest(reached, columns)
    same = [
        exp.EQ(this=_of("step", "mpid"), expression=_of("later", "mpid")),
        exp.EQ(this=_of("step", "event_at"), expression=_of("later", instant_of(number))),
        *(
            exp.NullSafeEQ(this=_of("step", each.column), expression=_of("later", each.column))
            for each in tables.memory.carried(number)
        ),
    ]
    before = (
        exp.select(*(_of("step", name) for name in columns))
        .from_(exp.alias_(sql.table(step), "step", table=True))
        .join(
            exp.alias_(sql.table(following), "later", table=True),
            on=exp.and_(*same, copy=False),
            join_type="inner",
            copy=False,
        )
    )
    further = exp.select("mpid").from_(sql.table(following))
    is_further = exp.In(this=exp.column("mpid"), query=exp.Subquery(this=further))
    ended = sql.where(reached, [exp.not_(is_further, copy=False)])
    return _latest(exp.Union(this=before, expression=ended, distinct=False), columns)


def _latest(rows: exp.Query, columns: tuple[str, ...]) -> exp.Select:
    """Of each user the row of the latest event; the other columns break ties, so that it is always the same."""
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column("mpid")],
        order=exp.Order(
            expressions=[exp.Ordered(this=exp.column(name), desc=True, nulls_first=False) for name in columns]
        ),
    )
    ranked = exp.select(*columns, exp.alias_(rank, _RANK)).from_(_subquery(rows, "reached"))
    first = exp.EQ(this=exp.column(_RANK), expression=exp.Literal.number(1))
    return sql.where(exp.select(*columns).from_(_subquery(ranked, "ranked")), [first])


def _rows(tables: SequenceTables, steps: Steps) -> Iterator[exp.Select]:
    for number, step in enumerate(steps.chain, 1):
        yield _row(number, step.words(), exp.column("event_at")).from_(sql.table(f"chain_{number}"))
    if steps.absence is not None:
        number = len(steps.all)
        same = [
            exp.EQ(this=_of("chain", "mpid"), expression=_of("followed", "mpid")),
            exp.EQ(this=_of("chain", "event_at"), expression=_of("followed", "event_at")),
            *(
                exp.NullSafeEQ(this=_of("chain", each.column), expression=_of("followed", each.column))
                for each in tables.memory.carried(tables.last)
            ),
        ]
        latest = exp.Max(this=_of("followed", instant_of(number)))
        forbidden = _row(number, steps.absence.selection.words(), latest, "chain")
        yield (
            forbidden.from_(exp.alias_(sql.table(f"chain_{tables.last}"), "chain", table=True))
            .join(
                _subquery(tables.followed(), "followed"),
                on=exp.and_(*same, copy=False),
                join_type="inner",
                copy=False,
            )
            .group_by(_of("chain", "mpid"), copy=False)
        )


def _row(number: int, event: str, event_at: exp.Expr, of: str | None = None) -> exp.Select:
    return exp.select(
        exp.column("mpid", table=of),
        exp.alias_(exp.Literal.number(number), "step"),
        exp.alias_(event_at, "time"),
        exp.alias_(sql.text(event), "event"),
    )


def _of(table: str, column: str) -> exp.Column:
    return exp.column(column, table=table)


def _subquery(query: exp.Query, name: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))
