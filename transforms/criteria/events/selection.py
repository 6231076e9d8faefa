"""Which events a criterion looks at: their kind and name, and the conditions that hold on one event (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.field_types import aggregated_field
from transforms.criteria.events.fields import PRODUCT
from transforms.criteria.values import TextValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.events.amounts import Field
    from transforms.criteria.events.fields import FieldCondition, Record
    from transforms.criteria.leaf import EventName, Narrowing
    from transforms.criteria.scope import Scope
    from transforms.errors import Place


@dataclass(frozen=True)
class EventSource:
    """The events of the lake that one kind of criterion is about.

    `is_of_kind` is the condition that makes an event one of them, over the columns of `stg_lake__events`; `record` says
    what `where` can name. `has_tiers`: its names are those of custom events and screens, which milepost.yml can
    keep out of criteria. `sees_all_inputs`: all inputs of the audience's workspaces, not only the chosen ones.
    """

    record: Record
    is_of_kind: Callable[[], exp.Expr]
    has_tiers: bool = False
    sees_all_inputs: bool = False


def of_type(event_type: str) -> Callable[[], exp.Expr]:
    """Events of one type of the lake."""
    return lambda: sql.is_one_of(exp.column("event_type"), (event_type,))


class EventCondition(Protocol):
    """What must hold on one event besides its kind, name, input and time."""

    def holds(self) -> exp.Expr:
        """The condition for the single event, over the columns of `stg_lake__events`."""
        ...

    def words(self) -> str:
        """The condition in plain words."""
        ...

    def compared_values(self, events: tuple[str, tuple[str, ...]]) -> tuple[ComparedValue, ...]:
        """The value that it compares, of events of the given kind and names; none where it compares nothing."""
        ...

    def compared(self) -> tuple[str, exp.Expr]:
        """What it compares, by its key in the YAML and as a column of text or a whole number."""
        ...


@dataclass(frozen=True)
class NameCondition:
    """How events are chosen by their name: exactly as sent (`exact`), or by text operators."""

    exact: tuple[EventName, ...]
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True)
class EventSelection:
    """What is chosen of a source: `name` and the conditions of `event` all hold on the same event, those of `product`
    on one product line of it, those of `promotion` on one promotion of it. `name_key` is the key that chooses by name.
    """

    key: str
    source: EventSource
    name: NameCondition | None
    event: tuple[EventCondition, ...]
    product: tuple[FieldCondition, ...]
    promotion: tuple[FieldCondition, ...]
    input: Narrowing | None
    workspace: Narrowing | None
    name_key: str = "name"

    def rows(
        self,
        scope: Scope,
        columns: Iterable[exp.Expr],
        window: Iterable[exp.Expr],
        further: Iterable[exp.Expr] = (),
    ) -> exp.Select:
        """`mpid` and `columns` of each chosen event for which the conditions of `window` and `further` hold too."""
        conditions = [*self._of_event(scope, window), *_some(self.product, "products", "product")]
        return sql.where(self._select(columns), [*conditions, *self._of_some_promotion(), *further])

    def line_rows(
        self,
        scope: Scope,
        columns: Iterable[exp.Expr],
        window: Iterable[exp.Expr],
        further: Iterable[exp.Expr] = (),
    ) -> exp.Select:
        """The same for each matching product line of a chosen event; `columns` may name its fields, as `product`."""
        lines = exp.TableAlias(this=exp.to_identifier("line"), columns=[exp.to_identifier("product")])
        unnested = exp.Unnest(expressions=[exp.column("products")], alias=lines)
        events = self._select(columns).join(unnested, join_type="cross", copy=False)
        on_line = [condition.holds() for condition in self.product]
        conditions = [*self._of_event(scope, window), *on_line]
        return sql.where(events, [*conditions, *self._of_some_promotion(), *further])

    def each_line(
        self,
        scope: Scope,
        record: Record,
        columns: Iterable[exp.Expr],
        window: Iterable[exp.Expr],
        further: Iterable[exp.Expr] = (),
        *,
        place: str | None = None,
    ) -> exp.Select:
        """The same for each matching line of `record`, a product or a promotion, which `columns` and `further` may name.

        `place` names the column that counts the lines of an event, those too that do not match. Lines are chosen in
        a query around the one that takes them out: DuckDB joins a list to its own lines where a condition on a
        line stands beside `unnest`, in 25 times the time.
        """
        name = str(record.prefix)
        lists = exp.column(f"{name}s")
        taken_out = [exp.alias_(exp.Explode(this=lists), name)]
        if place is not None:
            taken_out.append(exp.alias_(sql.call("places_of", lists.copy()), place))
        events = exp.select(exp.Star(), *taken_out).from_(sql.model("stg_lake__events"))
        if record is PRODUCT:
            on_event, on_line = self._of_some_promotion(), self.product
        else:
            on_event, on_line = _some(self.product, "products", "product"), self.promotion
        events = sql.where(events, [*self._of_event(scope, window), *on_event])
        lines = exp.select("mpid", *columns, copy=False).from_(events.subquery("lines"), copy=False)
        return sql.where(lines, [*(condition.holds() for condition in on_line), *further])

    def words(self) -> str:
        """The name, or what stands for it, in a few words."""
        if self.name is None:
            return f"any {self.key}"
        if self.name.exact:
            return " or ".join(event.name for event in self.name.exact)
        return " ".join(f"{self.key} name {comparison.words()}" for comparison in self.name.comparisons)

    def condition_lines(self) -> tuple[str, ...]:
        """The conditions in plain words, one line for each of `where`, `product` and `promotion`."""
        return tuple(
            f"{words}: {'; '.join(condition.words() for condition in conditions)}"
            for words, conditions in (
                ("where", self.event),
                ("product", self.product),
                ("promotion", self.promotion),
            )
            if conditions
        )

    @property
    def tiered_events(self) -> tuple[EventName, ...]:
        """The names that it gives exactly, where names have tiers."""
        return self.name.exact if self.name is not None and self.source.has_tiers else ()

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """The input to which it is narrowed."""
        if self.input is None:
            return ()
        return (replace(self.input, sees_all_inputs=self.source.sees_all_inputs),)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """The workspace to which it is narrowed."""
        return () if self.workspace is None else (self.workspace,)

    @property
    def chosen(self) -> tuple[str, tuple[str, ...]]:
        """The kind of events, and the names that it gives exactly; no name where any event will do."""
        return self.key, () if self.name is None else tuple(event.name for event in self.name.exact)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """Every value that its conditions compare."""
        conditions = (*self.event, *self.product, *self.promotion)
        return tuple(value for condition in conditions for value in condition.compared_values(self.chosen))

    def aggregated(self, function: str, field: Field | None, place: Place) -> tuple[ComparedValue, ...]:
        """The field of the chosen events that a function goes over, if it goes over one."""
        if field is None:
            return ()
        return (aggregated_field(function, field.record, field.name, place, self.chosen),)

    def _select(self, columns: Iterable[exp.Expr]) -> exp.Select:
        return exp.select("mpid", *columns, copy=False).from_(sql.model("stg_lake__events"))

    def _of_event(self, scope: Scope, window: Iterable[exp.Expr]) -> list[exp.Expr]:
        return [
            self.source.is_of_kind(),
            *self._named(scope),
            *self._from_inputs(scope),
            *_in_window(window),
            *(condition.holds() for condition in self.event),
        ]

    def _of_some_promotion(self) -> list[exp.Expr]:
        return _some(self.promotion, "promotions", "promotion")

    def _named(self, scope: Scope) -> list[exp.Expr]:
        name = exp.column("event_name")
        if self.name is not None and self.name.exact:
            return [sql.is_one_of(name, [event.name for event in self.name.exact])]
        conditions: list[exp.Expr] = []
        if self.name is not None:
            value = TextValue(name, exp.true())
            conditions.extend(comparison.holds(value) for comparison in self.name.comparisons)
        if scope.hidden_events and self.source.has_tiers:
            conditions.append(sql.fails(sql.is_one_of(name.copy(), scope.hidden_events)))
        return conditions

    def _from_inputs(self, scope: Scope) -> list[exp.Expr]:
        if not self.source.sees_all_inputs:
            chosen = [name for name in scope.inputs if self._is_narrowed_to(name)]
            return [sql.is_one_of(exp.column("input"), chosen)]
        workspaces = scope.workspaces if self.workspace is None else (self.workspace.name,)
        found = [sql.is_one_of(exp.column("workspace"), workspaces)]
        return (
            found if self.input is None else [*found, sql.is_one_of(exp.column("input"), (self.input.name,))]
        )

    def _is_narrowed_to(self, name: str) -> bool:
        return (self.input is None or name == self.input.name) and (
            self.workspace is None or name.partition("/")[0] == self.workspace.name
        )


def _in_window(window: Iterable[exp.Expr]) -> Iterator[exp.Expr]:
    """The conditions on `event_at`, and for each of its bounds the day: it is the column by which files are chosen.

    No file is opened for its upper bound as_of, which holds of every event that models see.
    """
    for bound in sql.parts(window):
        yield bound
        match bound:
            case exp.GTE():
                yield exp.GTE(this=exp.column("day"), expression=_day_of(bound))
            case exp.LT() | exp.LTE() if bound.expression != sql.as_of():
                yield exp.LTE(this=exp.column("day"), expression=_day_of(bound))


def _day_of(bound: exp.Binary) -> exp.Expr:
    return exp.cast(bound.expression.copy(), "date")


def _some(conditions: tuple[FieldCondition, ...], column: str, name: str) -> list[exp.Expr]:
    if not conditions:
        return []
    holds = sql.all_hold(condition.holds() for condition in conditions)
    return [sql.any_element(exp.column(column), name, holds)]
