"""Chosen events by user and day: a day is looked at once, and again only when its events change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.aggregates import columns_of_days, columns_of_event
from transforms.criteria.events.fields import PRODUCT, PROMOTION
from transforms.criteria.plain_names import plain_name
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.events.amounts import Field
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.scope import Scope
    from transforms.criteria.values import TextValue

#: What the name of every rollup's model begins with.
ROLLUP_PREFIX = "days_of_"
_LONGEST_WORDS = 40
_DIGITS_OF_HASH = 8
_EVENTS, _UNRESOLVED_EVENTS = "stg_lake__events", "base_lake__events"
_CHOSEN = "chosen"
_DAY = "day"


@dataclass(frozen=True)
class Rollup:
    """One choice of events in a scope, whatever the window and the threshold: who asks for the same shares it.

    Its model has a row for each `day` (UTC) and `mpid` of whom there are events: how many (`events`, product lines
    or promotions where `field` is theirs) and, where there is a `field`, of its values that are numbers the sum in
    two parts, the smallest and the largest. Ask `rollup_of` for one.
    """

    #: That of its model: equal for two that choose the same in other orders of their conditions.
    name: str
    selection: EventSelection
    field: Field | None
    scope: Scope

    @property
    def lines(self) -> tuple[str, ...]:
        """What it keeps, in plain lines."""
        kept = "how many" if self.field is None else f"how many, sum, min and max of {self.field.words()}"
        return (
            f"{self.selection.key}: {self.selection.words()}, by user and day: {kept}",
            *self.selection.condition_lines(),
        )

    def query(self) -> exp.Select:
        """The rows of its model, for each `mpid` as recorded and `login_identity`: who that is depends on as_of."""
        columns = (exp.column(_DAY), exp.column("login_identity"), *columns_of_days(self._value()))
        keys = (exp.column(_DAY), exp.column("mpid"), exp.column("login_identity"))
        grouped = self._rows(columns, (), ()).group_by(*keys, copy=False)
        return sql.over(grouped, _EVENTS, _UNRESOLVED_EVENTS)

    def rows(self, window: Iterable[exp.Expr]) -> exp.Select:
        """`mpid` of rows with the columns of the model: its whole days, and events of days that are in part outside.

        `window` are comparisons of `event_at`; whoever groups by user aggregates with OfDays.
        """
        bounds = sql.parts(window)
        columns = columns_of_event(self._value())
        names = ("mpid", *(column.alias for column in columns))
        kept = exp.select(*map(exp.column, names)).from_(sql.model(self.name))
        days = sql.where(kept, [_is_whole(bound) for bound in bounds])
        is_cut = exp.or_(*(_is_whole(bound, of_cut=True) for bound in bounds), copy=False)
        events = self._rows(columns, bounds, (is_cut,))
        both = exp.Union(this=days, expression=events, distinct=False)
        sql.described(both, ("whole days, and the events of days that the window cuts",))
        return exp.select("mpid").from_(sql.table(_CHOSEN)).with_(_CHOSEN, as_=both, copy=False)

    def _rows(
        self, columns: Iterable[exp.Expr], window: Iterable[exp.Expr], further: Iterable[exp.Expr]
    ) -> exp.Select:
        value = self._value()
        conditions = (*further, *(() if value is None else (sql.is_known(value.number()),)))
        if self.field is not None and self.field.record in (PRODUCT, PROMOTION):
            lines = self.field.record
            return self.selection.each_line(self.scope, lines, columns, window, conditions)
        return self.selection.rows(self.scope, columns, window, conditions)

    def _value(self) -> TextValue | None:
        return None if self.field is None else self.field.record.value(self.field.name)


def rollup_of(selection: EventSelection, field: Field | None, scope: Scope) -> Rollup | None:
    """The rollup of a choice of events, of a field that is read as a number where there is one.

    None where the scope has none, and where one day's events do not tell which of them are chosen: a condition
    compares with as_of, or looks at other events.
    """
    if not scope.has_rollups:
        return None
    unnamed = Rollup("", selection, field, scope)
    query = unnamed.query()
    is_of_one_event = len(list(query.find_all(exp.Table))) == 1
    if not is_of_one_event or sql.depends_on_as_of(query):
        return None
    words = plain_name(f"{selection.words()} {field.words() if field else ''}")[:_LONGEST_WORDS]
    digest = hashlib.sha256(_text_in_one_order(query).encode()).hexdigest()[:_DIGITS_OF_HASH]
    return replace(unnamed, name=f"{ROLLUP_PREFIX}{words.rstrip('_')}_{digest}")


def _is_whole(bound: exp.Expr, *, of_cut: bool = False) -> exp.Expr:
    """Whether a bound of `event_at` holds for every instant of a day; `of_cut`: the complement."""
    day = exp.column(_DAY)
    match bound:
        case exp.GTE():
            first = sql.call("first_whole_day", bound.expression.copy())
            return (exp.LT if of_cut else exp.GTE)(this=day, expression=first)
        case exp.LT() | exp.LTE():
            first_outside = exp.cast(bound.expression.copy(), "date")
            return (exp.GTE if of_cut else exp.LT)(this=day, expression=first_outside)
        case _:
            raise InternalError("a window is made of bounds")


def _text_in_one_order(query: exp.Select) -> str:
    """The text of a query, equal for two that differ in the order of what they demand or list; `query` is changed."""
    for listed in query.find_all(exp.In):
        listed.set("expressions", sorted(listed.expressions, key=_text))
    for demanded in query.find_all(exp.Where):
        demanded.set("this", exp.and_(*sorted(sql.parts([demanded.this]), key=_text), copy=False))
    return _text(query)


def _text(query: exp.Expr) -> str:
    return query.sql(comments=False)
