"""What all kinds of event criteria share: choose events, then compare how many there are (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.leaf import EventName, Leaf, Narrowing
from transforms.criteria.values import TextValue

if TYPE_CHECKING:
    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.events.amounts import Amount
    from transforms.criteria.events.fields import FieldCondition
    from transforms.criteria.events.windows import Window
    from transforms.criteria.scope import Scope
    from transforms.documents.durations import Duration


@dataclass(frozen=True)
class NameCondition:
    """How events are chosen by their name: exactly as sent (`exact`), or by text operators."""

    exact: tuple[EventName, ...]
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True)
class EventCriterion(Leaf):
    """Users whose matching events come to an amount.

    `event_type` is the lake's type of event; `name` and the conditions all hold on the same event; those of
    `product` on one product line of it, those of `promotion` on one promotion of it.
    """

    key: str
    event_type: str
    name: NameCondition | None
    event: tuple[FieldCondition, ...]
    product: tuple[FieldCondition, ...]
    promotion: tuple[FieldCondition, ...]
    amount: Amount
    window: Window
    input: Narrowing | None
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf. An amount that holds for no events is made as what is left of the population."""
        conditions = [*self._chosen(scope), *self.amount.needed()]
        users = exp.select("mpid").from_(sql.model("stg_lake__events"))
        if self._goes_over_products:
            lines = exp.TableAlias(this=exp.to_identifier("line"), columns=[exp.to_identifier("product")])
            unnested = exp.Unnest(expressions=[exp.column("products")], alias=lines)
            users = users.join(unnested, join_type="cross", copy=False)
        users = sql.where(users, conditions)
        if self.amount.is_any:
            return users.distinct(copy=False)
        users = users.group_by("mpid", copy=False)
        if self.amount.holds_for_nothing:
            failing = users.having(self.amount.fails(), copy=False)
            return sql.without(sql.population(), failing)
        return users.having(self.amount.holds(), copy=False)

    def title(self) -> str:
        """See Leaf."""
        words = [*self._name_words(), self._amount_words()]
        if self.window.comparison is not None:
            words.append(self.window.comparison.words())
        return " ".join(words)

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        lines = [f"{self.key}: {' '.join(self._name_words())}, {self._amount_words()}"]
        for words, conditions in (
            ("where", self.event),
            ("product", self.product),
            ("promotion", self.promotion),
        ):
            if conditions:
                lines.append(f"{words}: {'; '.join(condition.words() for condition in conditions)}")
        lines.append(self.window.words(scope.lookback))
        return tuple(lines)

    @property
    def is_negative(self) -> bool:
        """Whether users without any event are in it."""
        return self.amount.holds_for_nothing

    @property
    def events(self) -> tuple[EventName, ...]:
        """See Leaf. Names of commerce events are actions, which have no tier."""
        return self.name.exact if self.name is not None and self.event_type != "commerce_event" else ()

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.input is None else (self.input,)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

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

    @property
    def _goes_over_products(self) -> bool:
        return self.amount.field is not None and self.amount.field.is_of_product

    def _chosen(self, scope: Scope) -> list[exp.Expr]:
        conditions: list[exp.Expr] = [
            sql.is_one_of(exp.column("event_type"), (self.event_type,)),
            *self._named(scope),
            sql.is_one_of(exp.column("input"), self._inputs(scope)),
            *self.window.conditions(scope.lookback),
            *(condition.holds() for condition in self.event),
        ]
        on_line = [condition.holds() for condition in self.product]
        if self._goes_over_products:
            conditions.extend(on_line)
        elif on_line:
            conditions.append(sql.any_element(exp.column("products"), "product", sql.all_hold(on_line)))
        on_promotion = [condition.holds() for condition in self.promotion]
        if on_promotion:
            all_promotions = exp.column("promotions")
            conditions.append(sql.any_element(all_promotions, "promotion", sql.all_hold(on_promotion)))
        return conditions

    def _named(self, scope: Scope) -> list[exp.Expr]:
        name = exp.column("event_name")
        if self.name is not None and self.name.exact:
            return [sql.is_one_of(name, [event.name for event in self.name.exact])]
        conditions: list[exp.Expr] = []
        if self.name is not None:
            value = TextValue(name, exp.true())
            conditions.extend(comparison.holds(value) for comparison in self.name.comparisons)
        if scope.hidden_events and self.event_type != "commerce_event":
            conditions.append(sql.fails(sql.is_one_of(name.copy(), scope.hidden_events)))
        return conditions

    def _inputs(self, scope: Scope) -> tuple[str, ...]:
        return tuple(
            name
            for name in scope.inputs
            if (self.input is None or name == self.input.name)
            and (self.workspace is None or name.partition("/")[0] == self.workspace.name)
        )

    def _name_words(self) -> list[str]:
        if self.name is None:
            return [f"any {self.key}"]
        if self.name.exact:
            return [" or ".join(event.name for event in self.name.exact)]
        return [f"{self.key} name {comparison.words()}" for comparison in self.name.comparisons]

    def _amount_words(self) -> str:
        return "at least once" if self.amount.is_any else self.amount.words()
