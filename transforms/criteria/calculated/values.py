"""What a calculated attribute is calculated of: one field of the chosen events, or the events themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.aggregates import OfDays, OfEvents
from transforms.criteria.events.fields import PRODUCT, PROMOTION
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from transforms.criteria.events.aggregates import Aggregates
    from transforms.criteria.events.amounts import Field
    from transforms.criteria.events.fields import Record
    from transforms.criteria.events.rollups import Rollup
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.scope import Scope
    from transforms.criteria.values import TextValue
    from transforms.documents.durations import Duration

#: What puts events in order: time, then receipt, input, path, line, and the place in the record (spec §4.6).
_ORDER = ("event_at", "received_at", "input", "source_path", "source_line", "source_index")
_PLACE = "place"


@dataclass(frozen=True)
class Span:
    """How far back events are seen: from a day on, for a length of time, or (both None) for ever."""

    since: date | None = None
    within: Duration | None = None

    def conditions(self) -> tuple[exp.Expr, ...]:
        """Conditions on `event_at`, which is before as_of in any case."""
        earliest = None
        if self.since is not None:
            earliest = sql.timestamp(self.since)
        elif self.within is not None:
            earliest = sql.ago(self.within)
        before = exp.LT(this=exp.column("event_at"), expression=sql.as_of())
        if earliest is None:
            return (before,)
        return exp.GTE(this=exp.column("event_at"), expression=earliest), before

    def words(self) -> str:
        """The effective window in plain words."""
        if self.since is not None:
            return f"window: since {self.since.isoformat()}, before as_of"
        if self.within is not None:
            return f"window: [as_of - {self.within.text}, as_of)"
        return "window: all history, before as_of"


@dataclass(frozen=True)
class Values:
    """The chosen events of a scope, and the field of them whose values count; `field` None: the events count.

    A field of product lines or promotions has a value for each line that matches. `rollup` is where the events of days
    are summed up already, None where they are not.
    """

    selection: EventSelection
    field: Field | None
    span: Span
    scope: Scope
    rollup: Rollup | None = None

    def text(self) -> exp.Expr:
        """The value of one event or line as it was sent."""
        return self._value().text()

    def number(self) -> exp.Expr:
        """The value of one event or line as a number."""
        return self._value().number()

    def how_many(self) -> exp.Expr:
        """Of `numbers`: how many events or lines a user has."""
        return self._aggregates.how_many()

    def total(self) -> exp.Expr:
        """Of `numbers`: their exact sum, a text that sorts as numbers do."""
        return self._aggregates.total(self._value())

    def smallest(self) -> exp.Expr:
        """Of `numbers`: the least."""
        return self._aggregates.smallest(self._value())

    def largest(self) -> exp.Expr:
        """Of `numbers`: the greatest."""
        return self._aggregates.largest(self._value())

    def numbers(self, columns: Iterable[exp.Expr]) -> exp.Select:
        """One row a user of whom there is an event, or a value that is a number: `mpid` and aggregates of them."""
        if self.rollup is None:
            needed = () if self.field is None else (sql.is_known(self.number()),)
            rows = self.rows(columns, needed)
        else:
            rows = self.rollup.rows(self.span.conditions()).select(*columns, copy=False)
        return rows.group_by("mpid", copy=False)

    def rows(
        self, columns: Iterable[exp.Expr], needed: Iterable[exp.Expr] = (), *, ordered: bool = False
    ) -> exp.Select:
        """`mpid` and `columns` of each event, or line, for which the `needed` conditions hold.

        `ordered` makes the place of a line in its event known to `order`.
        """
        window = self.span.conditions()
        lines = self._lines
        if lines is None:
            return self.selection.rows(self.scope, columns, window, needed)
        place = _PLACE if ordered else None
        return self.selection.each_line(self.scope, lines, columns, window, needed, place=place)

    def order(self, *, newest_first: bool = False) -> list[exp.Expr]:
        """What sorts the rows of one user by when they were seen."""
        names = _ORDER if self._lines is None else (*_ORDER, _PLACE)
        direction = {"desc": True} if newest_first else {}
        return [exp.Ordered(this=exp.column(name), nulls_first=False, **direction) for name in names]

    @property
    def _lines(self) -> Record | None:
        """The lines of an event that have the field; None where it is the event's own."""
        record = None if self.field is None else self.field.record
        return record if record in (PRODUCT, PROMOTION) else None

    @property
    def _aggregates(self) -> Aggregates:
        return OfEvents() if self.rollup is None else OfDays()

    def _value(self) -> TextValue:
        if self.field is None:
            raise InternalError("a function that takes no value has none")
        return self.field.record.value(self.field.name)
