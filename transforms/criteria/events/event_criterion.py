"""What all kinds of event criteria share: choose events, then compare how many there are (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.events.aggregates import OfDays, OfEvents
from transforms.criteria.events.evidence import event_columns
from transforms.criteria.events.rollups import rollup_of
from transforms.criteria.leaf import EventName, Leaf, Measure, Narrowing
from transforms.criteria.meaning import meaning

if TYPE_CHECKING:
    from sqlglot import exp

    from transforms.criteria.events.amounts import Amount
    from transforms.criteria.events.rollups import Rollup
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.events.windows import Window
    from transforms.criteria.scope import Scope
    from transforms.documents.durations import Duration


@dataclass(frozen=True)
class EventCriterion(Leaf):
    """Users whose chosen events, in a window, come to an amount."""

    selection: EventSelection
    amount: Amount
    window: Window

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf. An amount that holds for no events is made as what is left of the population."""
        rollup = self._rollup(scope)
        if rollup is None:
            users, of = self._rows(scope, ()), OfEvents()
        else:
            users, of = rollup.rows(self.window.conditions(scope.lookback)), OfDays()
        if self.amount.is_any:
            return users.distinct(copy=False)
        users = users.group_by("mpid", copy=False)
        if self.amount.holds_for_nothing:
            failing = users.having(self.amount.fails(of), copy=False)
            return sql.without(sql.population(), failing)
        return users.having(self.amount.holds(of), copy=False)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. One row for each event, or product line, that the amount goes over."""
        return self._rows(scope, event_columns(self.selection, self.amount.field))

    def measure(self, scope: Scope) -> Measure:
        """See Leaf."""
        query = self._rows(scope, ()).group_by("mpid", copy=False)
        return Measure(
            words=self.amount.name,
            asked=self.amount.asked,
            query=query.select(*self.amount.measured(), copy=False),
            read=self.amount.read,
            of_nothing=self.amount.of_nothing,
        )

    def title(self) -> str:
        """See Leaf."""
        words = [self.selection.words(), self._amount_words()]
        if self.window.comparison is not None:
            words.append(self.window.comparison.words())
        return " ".join(words)

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        return (
            f"{self.selection.key}: {self.selection.words()}, {self._amount_words()}",
            *self.selection.condition_lines(),
            self.window.words(scope.lookback),
        )

    @property
    def is_negative(self) -> bool:
        """Whether users without any event are in it."""
        return self.amount.holds_for_nothing

    @property
    def events(self) -> tuple[EventName, ...]:
        """See Leaf. Names of commerce events are actions, which have no tier."""
        return self.selection.tiered_events

    @property
    def selections(self) -> tuple[EventSelection, ...]:
        """See Leaf."""
        return (self.selection,)

    def rollups(self, scope: Scope) -> tuple[Rollup, ...]:
        """See Leaf."""
        rollup = self._rollup(scope)
        return () if rollup is None else (rollup,)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf. The field that is aggregated is one of them, and so is the amount, one value a user."""
        field, comparisons = self.amount.field, self.amount.comparisons
        key = meaning((self.selection, self.window, self.amount.function, field))
        amount = ComparedValue(
            "computed",
            self.amount.function,
            comparisons,
            comparisons[0].place if comparisons else self.place,
            "count" if self.amount.function in ("count", "distinct") else "number",
            one_value=OneValue(key),
        )
        return (
            *self.selection.compared,
            *self.selection.aggregated(self.amount.function, field, amount.place),
            amount,
        )

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return self.selection.inputs

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return self.selection.workspaces

    @property
    def looks_back(self) -> bool:
        """See Leaf."""
        return True

    @property
    def relies_on_lookback(self) -> bool:
        """See Leaf."""
        return self.window.comparison is None

    def reaches_past(self, lookback: Duration) -> bool:
        """See Leaf."""
        return self.window.reaches_past(lookback)

    def _rollup(self, scope: Scope) -> Rollup | None:
        return rollup_of(self.selection, self.amount.field, scope) if self.amount.adds_up else None

    def _rows(self, scope: Scope, columns: tuple[exp.Expr, ...]) -> exp.Select:
        field = self.amount.field
        rows = self.selection.line_rows if field is not None and field.is_of_product else self.selection.rows
        return rows(scope, columns, self.window.conditions(scope.lookback), self.amount.needed())

    def _amount_words(self) -> str:
        return "at least once" if self.amount.is_any else self.amount.words()
