"""How long a session took, which its start does not know: the duration in its end (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue
from transforms.criteria.comparisons import Comparison, all_words, comparisons_schema, read_comparisons
from transforms.criteria.operators.lengths import LENGTH_OPERATORS
from transforms.criteria.values import NumberValue
from transforms.vocabulary import EVENT_WRITE_ORDER

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

#: What tells sessions apart. An id is one of its input alone: other inputs may use it for other sessions.
_SESSION = ("input", "session_id")
_EVENTS = "stg_lake__events"


@dataclass(frozen=True)
class SessionLength:
    """Comparisons of the length of the session that an event belongs to.

    The length is the duration in the session's `session_end` that was seen before as_of, in the window or after
    it. Of several ends that have a duration the newest counts: the latest `event_at`, ties by the order of
    writing. The user does not tell sessions apart: who logs in meanwhile ends the session under another mpid. A
    session without such an end has no length: of it positives fail and `ne` holds.
    """

    comparisons: tuple[Comparison, ...]

    def holds(self) -> exp.Expr:
        """The condition for a single `session_start`. All positives compare one length; each negative is a complement."""
        length = NumberValue(exp.column("session_duration_ms"))
        positives = [each.positive(length) for each in self.comparisons if not each.is_negative]
        negatives = [each.positive(length) for each in self.comparisons if each.is_negative]
        return sql.all_hold(
            (
                *((_ended_with(sql.all_hold(positives)),) if positives else ()),
                *(sql.fails(_ended_with(negative)) for negative in negatives),
            )
        )

    def compared_values(self, events: tuple[str, tuple[str, ...]]) -> tuple[ComparedValue, ...]:
        """The length with what is asked of it; `events` are the kind and the names of those that are looked at."""
        del events
        if not self.comparisons:
            return ()
        return (ComparedValue("event", "length", self.comparisons, self.comparisons[0].place, "number"),)

    def words(self) -> str:
        """The condition in plain words."""
        return f"length {all_words(self.comparisons)}"

    def compared(self) -> tuple[str, exp.Expr]:
        """The length of the session of an event of `stg_lake__events`, in whole milliseconds."""
        ends = exp.alias_(sql.model(_EVENTS), "ends", table=True)
        same = (
            exp.EQ(this=exp.column(name, table="ends"), expression=exp.column(name, table=_EVENTS))
            for name in _SESSION
        )
        newest = sql.where(exp.select("ends.session_duration_ms").from_(ends), (*_is_an_end(), *same))
        newest.set("order", _newest_first())
        return "length_ms", exp.Subquery(this=newest.limit(1, copy=False))


def _ended_with(condition: exp.Expr) -> exp.Expr:
    session = [exp.column(name) for name in _SESSION]
    rank = exp.Window(this=exp.RowNumber(), partition_by=session, order=_newest_first())
    ends = sql.where(exp.select(*_SESSION).from_(sql.model(_EVENTS)), _is_an_end())
    is_newest = exp.EQ(this=rank, expression=exp.Literal.number(1))
    ends.set("qualify", exp.Qualify(this=sql.all_hold((is_newest, condition))))
    return exp.In(
        this=exp.Tuple(expressions=[exp.column(name) for name in _SESSION]), query=exp.Subquery(this=ends)
    )


def _is_an_end() -> tuple[exp.Expr, ...]:
    return (
        sql.is_one_of(exp.column("event_type"), ("session_end",)),
        sql.is_known(exp.column("session_id")),
        sql.is_known(exp.column("session_duration_ms")),
    )


def _newest_first() -> exp.Order:
    return exp.Order(
        expressions=[exp.Ordered(this=exp.column(name), desc=True) for name in EVENT_WRITE_ORDER]
    )


def read_session_length(node: Node, report: Report) -> SessionLength:
    """The condition that `length:` writes; it compares nothing, with problems, where it is wrong."""
    return SessionLength(read_comparisons(node, "`length`", report, LENGTH_OPERATORS))


def session_length_schema() -> dict[str, Any]:
    """JSON Schema of `length`."""
    return comparisons_schema(LENGTH_OPERATORS)
