"""A sequence as common tables: for each step the events at which some chain reaches it (spec §4.5).

Which chain ends at an event matters only through what later steps compare with, so a row of the table `step_<k>` is
an event of step k that some chain reaches, with what that chain must remember. Of all chains that reach the step
before within time, the one that reached it last is the best: it alone can be too old for `at_most`. So a step
costs one pass over its events and those of the step before, sorted by time, however many events a user has.
Where a chain remembers something, each event goes once with every different memory that it agrees with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.fields import PRODUCT
from transforms.criteria.events.windows import Window
from transforms.criteria.sequences.carried import Memory
from transforms.criteria.sequences.steps import Absence
from transforms.criteria.sequences.timeline import EVENT_AT, Timed, shifted, timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.scope import Scope
    from transforms.criteria.sequences.carried import Carried, Compared
    from transforms.criteria.sequences.steps import Step, Steps

_PRODUCTS = "products"


def step_table(number: int) -> str:
    """The table of the events at which some chain reaches a step: `mpid`, `event_at` and what it remembers."""
    return f"step_{number}"


def instant_of(number: int) -> str:
    """The column with the latest instant at which a step was reached, or at which a `not` event lies."""
    return f"step_{number}_at"


class SequenceTables:
    """The common tables of one sequence, in the order in which they need one another.

    `traced`: the tables of steps keep the instant of the step before and what was compared, so that the chains can
    be followed back.
    """

    def __init__(self, steps: Steps, window: Window, scope: Scope, *, traced: bool = False) -> None:
        self.memory = Memory(steps)
        self.tables: list[tuple[str, exp.Query]] = []
        self._steps = steps
        self._window = window
        self._scope = scope
        self._traced = traced
        for number, step in enumerate(steps.chain, 1):
            if number == 1:
                self._add(step_table(1), self._events(1, step), step_lines(1, step))
            else:
                self._add_step(number, step)
        if steps.absence is not None:
            self._add_absence(len(steps.all), steps.absence)

    @property
    def last(self) -> int:
        """The number of the last step that is an event of the chain."""
        return len(self._steps.chain)

    def traced_columns(self, number: int) -> tuple[str, ...]:
        """The columns of the table of a step when it is traced, without `mpid` and `event_at`."""
        begun = _columns(self.memory.begun(number))
        if number == 1:
            return begun
        return (instant_of(number - 1), *_columns(self.memory.carried(number - 1)), *begun)

    def ends(self) -> exp.Query:
        """`mpid`, `event_at` and memory of the ends of all chains, without those that `not` takes out."""
        absence = self._steps.absence
        columns = ("mpid", EVENT_AT, *_columns(self.memory.carried(self.last)))
        ends = exp.select(*columns).from_(sql.table(step_table(self.last)))
        if absence is None:
            return ends
        latest = sql.ago(absence.at_most)
        over = sql.where(ends, [exp.LT(this=exp.column(EVENT_AT), expression=latest)])
        return sql.without(over, self.followed().select(*columns, append=False, copy=False))

    def followed(self) -> exp.Select:
        """The ends of chains after which a `not` event comes in its time, and the latest of these events."""
        number = len(self._steps.all)
        columns = _columns(self.memory.carried(self.last))
        rows = exp.select("mpid", EVENT_AT, *columns, instant_of(number)).from_(
            sql.table(f"step_{number}_timeline")
        )
        follows = exp.GT(this=exp.column(instant_of(number)), expression=exp.column(EVENT_AT))
        return sql.where(rows, [follows])

    def _add(self, name: str, query: exp.Query, lines: Iterable[str] = ()) -> None:
        self.tables.append((name, sql.described(query, lines)))

    def _add_step(self, number: int, step: Step) -> None:
        before = self.memory.carried(number - 1)
        events = f"step_{number}_events"
        self._add(events, self._events(number, step), step_lines(number, step))
        source = events
        if before:
            wanted = f"what the chains up to step {number - 1} remember"
            self._add(f"step_{number}_wanted", self._wanted(number, before), (wanted,))
            source = f"step_{number}_candidates"
            agreeing = f"each event of step {number} with what it agrees with"
            self._add(source, self._candidates(number, step, before), (agreeing,))
        columns = (*_columns(before), *_columns(self.memory.begun(number)))
        later = shifted(exp.Add, sql.interval(step.gap.shortest))
        self._add(
            f"step_{number}_timeline",
            timeline(
                Timed(source, columns, exp.column(EVENT_AT)),
                Timed(step_table(number - 1), _columns(before), later),
                partition=_columns(before),
                instant=instant_of(number - 1),
            ),
            (f"each event of step {number} with the latest step {number - 1} that it can follow",),
        )
        reached = f"where some chain reaches step {number}"
        self._add(step_table(number), self._reached(number, step), (reached,))

    def _events(self, number: int, step: Step | Absence) -> exp.Select:
        """The events that can fill a step; one row for each matching product line where lines are compared."""
        compared = self.memory.compared(number)
        by_line = any(each.is_of_product for each in compared)
        begun = self.memory.begun(number)
        columns = [exp.column(EVENT_AT), *(_own_value(each, step) for each in compared)]
        if by_line and any(each.is_of_product for each in begun):
            columns.append(exp.column(_PRODUCTS))
        columns += [
            exp.alias_(_value_of(each, step, ()), each.column)
            for each in begun
            if not (each.is_of_product and by_line)
        ]
        window = Window(None) if isinstance(step, Absence) else self._window
        rows = step.selection.line_rows if by_line else step.selection.rows
        further = [sql.is_known(_own_expression(each, step)) for each in compared]
        return rows(self._scope, columns, window.conditions(self._scope.lookback), further)

    def _wanted(self, number: int, before: tuple[Carried, ...]) -> exp.Select:
        """Every different memory of the chains before, by each value of a product line that is compared."""
        rows = exp.select("mpid", *_columns(before)).distinct(copy=False)
        return _by_values(
            rows.from_(sql.table(step_table(number - 1))), self.memory.compared(number), with_alone=True
        )

    def _candidates(self, number: int, step: Step, before: tuple[Carried, ...]) -> exp.Select:
        """The events of a step, each with every memory that it agrees with."""
        compared = self.memory.compared(number)
        begun = self.memory.begun(number)
        by_line = [each for each in compared if each.is_of_product]
        values = [
            exp.alias_(_value_of(each, step, tuple(by_line)), each.column)
            if each.is_of_product and by_line
            else exp.column(each.column, table="event")
            for each in begun
        ]
        agrees = [
            exp.EQ(this=exp.column("mpid", table="event"), expression=exp.column("mpid", table="wanted")),
            *(
                exp.EQ(
                    this=exp.column(each.column, table="event"),
                    expression=exp.column(
                        each.column if each.is_of_product else each.earlier.column, table="wanted"
                    ),
                )
                for each in compared
            ),
        ]
        return (
            exp.select(
                exp.column("mpid", table="event"),
                exp.column(EVENT_AT, table="event"),
                *(exp.column(name, table="wanted") for name in _columns(before)),
                *values,
            )
            .distinct(copy=False)
            .from_(exp.alias_(sql.table(f"step_{number}_events"), "event", table=True))
            .join(
                exp.alias_(sql.table(f"step_{number}_wanted"), "wanted", table=True),
                on=exp.and_(*agrees, copy=False),
                join_type="inner",
                copy=False,
            )
        )

    def _reached(self, number: int, step: Step) -> exp.Select:
        before = instant_of(number - 1)
        columns = self.traced_columns(number) if self._traced else _columns(self.memory.carried(number))
        rows = exp.select("mpid", EVENT_AT, *columns).from_(sql.table(f"step_{number}_timeline"))
        if self.memory.carried(number - 1):
            rows = rows.distinct(copy=False)
        in_time = (
            sql.is_known(exp.column(before))
            if step.gap.at_most is None
            else exp.GTE(
                this=exp.column(before),
                expression=shifted(exp.Sub, sql.interval(step.gap.at_most)),
            )
        )
        return sql.where(rows, [sql.is_known(exp.column(EVENT_AT)), in_time])

    def _add_absence(self, number: int, step: Absence) -> None:
        before = self.memory.carried(number - 1)
        compared = self.memory.compared(number)
        events = f"step_{number}_events"
        self._add(events, self._events(number, step), step_lines(number, step))
        own = tuple(each.column for each in compared)
        until = shifted(exp.Add, sql.interval(step.at_most))
        source = step_table(number - 1)
        if compared:
            rows = exp.select("mpid", EVENT_AT, *_columns(before)).from_(sql.table(source))
            source = f"step_{number}_wanted"
            remembered = f"each chain up to step {number - 1} with what it remembers"
            self._add(source, _by_values(rows, compared), (remembered,))
        self._add(
            f"step_{number}_timeline",
            timeline(
                Timed(source, (*own, *_columns(before)), until),
                Timed(events, own, exp.column(EVENT_AT)),
                partition=own,
                instant=instant_of(number),
            ),
            (f"each chain with the latest event of step {number} until its time is over",),
        )


def step_lines(number: int, step: Step | Absence) -> tuple[str, ...]:
    """A step in plain lines."""
    selection = step.selection
    if isinstance(step, Absence):
        head = f"no {selection.key} {selection.words()}, {step.words_of_time(number - 1)}"
    else:
        after = f", {step.gap.words(number - 1)}" if number > 1 else ""
        head = f"{selection.key} {selection.words()}{after}"
    return (f"step {number}: {head}", *(f"step {number}, {line}" for line in selection.condition_lines()))


def _by_values(rows: exp.Select, compared: tuple[Compared, ...], *, with_alone: bool = False) -> exp.Select:
    """`rows` with a column for each comparison; of lists of values a row for each combination.

    `with_alone`: a single value stays in its own column.
    """
    for each in compared:
        earlier = exp.column(each.earlier.column)
        if each.is_of_product:
            alias = exp.TableAlias(
                this=exp.to_identifier(f"each_{each.column}"), columns=[exp.to_identifier(each.column)]
            )
            unnested = exp.Unnest(expressions=[earlier], alias=alias)
            rows = rows.select(exp.column(each.column), copy=False).join(
                unnested, join_type="cross", copy=False
            )
        elif not with_alone:
            rows = rows.select(exp.alias_(earlier, each.column), copy=False)
    return rows


def _own_expression(compared: Compared, step: Step | Absence) -> exp.Expr:
    record = PRODUCT if compared.is_of_product else step.selection.source.record
    return sql.lower(record.value(compared.condition.name).text())


def _own_value(compared: Compared, step: Step | Absence) -> exp.Expr:
    return exp.alias_(_own_expression(compared, step), compared.column)


def _value_of(carried: Carried, step: Step | Absence, compared_lines: tuple[Compared, ...]) -> exp.Expr:
    """What is carried of the step's event; lines also have to agree with the memory, where lines are compared."""
    value = sql.lower(carried.record.value(carried.name).text())
    if not carried.is_of_product:
        return value
    matches = [condition.holds() for condition in step.selection.product]
    for each in compared_lines:
        wanted = exp.column(each.earlier.column, table="wanted")
        own = sql.lower(PRODUCT.value(each.condition.name).text())
        matches.append(exp.ArrayContains(this=wanted, expression=own))
    products = exp.column(_PRODUCTS, table="event" if compared_lines else None)
    lines = sql.elements_where(products, PRODUCT.prefix or "", sql.all_hold(matches))
    return sql.each_element(lines, PRODUCT.prefix or "", value)


def _columns(carried: tuple[Carried, ...]) -> tuple[str, ...]:
    return tuple(each.column for each in carried)
