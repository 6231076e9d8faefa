"""A calculated attribute as a query: one row a user (spec §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.calculated.values import Span, Values
from transforms.criteria.events.rollups import rollup_of

if TYPE_CHECKING:
    from transforms.criteria.calculated.functions import Function, Tables
    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.events.amounts import Field
    from transforms.criteria.events.rollups import Rollup
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.scope import Scope
    from transforms.errors import Place

_EVERYONE = "everyone"


@dataclass(frozen=True)
class Calculation:
    """A function over chosen events. `field`, at `place`, is None for a function that takes no value."""

    function: Function
    selection: EventSelection
    field: Field | None
    span: Span
    place: Place

    def words(self) -> str:
        """The calculation in plain words."""
        return f"{self.function.name} of {self._words()}"

    def lines(self) -> tuple[str, ...]:
        """The calculation in plain lines, with the effective window."""
        return (
            f"{self.function.name} of {self._words()}",
            *self.selection.condition_lines(),
            self.span.words(),
        )

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """The values that the choice of events compares, and the field that is calculated of, compared with nothing."""
        chosen = self.selection.compared
        return (*chosen, *self.selection.aggregated(self.function.name, self.field, self.place))

    def tables(self, scope: Scope, name: str) -> Tables:
        """The common tables that calculate it, the last called `name`, and for a count and the like everyone.

        What every table before the last is called begins or ends with `name`.
        """
        values = Values(self.selection, self.field, self.span, scope, self._rollup(scope))
        tables = self.function.tables(values, name)
        if not self.function.is_zero_of_nothing:
            return tables
        return [*tables, (_EVERYONE, exp.select("mpid").distinct().from_(sql.model("dim_profiles")))]

    def rollups(self, scope: Scope) -> tuple[Rollup, ...]:
        """The rollups of events by day that `tables` reads where the scope has them."""
        rollup = self._rollup(scope)
        return () if rollup is None else (rollup,)

    def result(self, name: str) -> exp.Select:
        """The row of each user over those tables: `mpid`, `value` (text), `elements` (a list), `total`.

        `total` is the number that the value is, as a text that sorts as numbers do; null where it is none.
        """
        match self.function.gives:
            case "number":
                total = exp.column("total")
                if self.function.is_zero_of_nothing:
                    zero = sql.call("as_total", exp.Literal.number(0))
                    total = exp.Coalesce(this=total, expressions=[zero])
                found = (sql.call("total_text", total), _no_list(), total.copy())
            case "text":
                number = sql.call("as_total", sql.call("as_number", exp.column("value")))
                found = (exp.column("value"), _no_list(), number)
            case "list":
                found = (_no_text(), exp.column("elements"), _no_text())
            case "instant":
                found = (sql.call("instant_text", exp.column("instant")), _no_list(), _no_text())
        columns = [
            each if isinstance(each, exp.Column) else exp.alias_(each, column)
            for each, column in zip(found, COLUMNS, strict=True)
        ]
        query = exp.select("mpid", *columns)
        if not self.function.is_zero_of_nothing:
            return query.from_(name)
        joined = exp.Table(this=exp.to_identifier(name))
        return query.from_(_EVERYONE).join(joined, using=["mpid"], join_type="left")

    def _rollup(self, scope: Scope) -> Rollup | None:
        weighs = self.function.name == "average" and self.field is not None and self.field.is_product_price
        return rollup_of(self.selection, self.field, scope) if self.function.adds_up and not weighs else None

    def _words(self) -> str:
        field = "events" if self.field is None else self.field.words()
        return f"{self.selection.words()} {field}"


#: The columns of a calculated attribute beside `mpid`.
COLUMNS = ("value", "elements", "total")


def _no_text() -> exp.Expr:
    return exp.cast(exp.null(), "text")


def _no_list() -> exp.Expr:
    return exp.cast(exp.null(), "text[]")
