"""The window of an event criterion: one date operator on event time, cut by the lookback (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.comparisons import Comparison, read_operators
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.values import InstantValue
from transforms.documents.durations import Duration

if TYPE_CHECKING:
    from transforms.documents.nodes import Mapping
    from transforms.documents.report import Report

WINDOW_NAMES = tuple(operator.name for operator in DATE_OPERATORS)


@dataclass(frozen=True)
class Window:
    """What a criterion itself asks of the event's time; None: the whole lookback."""

    comparison: Comparison | None

    def conditions(self, lookback: Duration | None) -> tuple[exp.Expr, ...]:
        """Conditions on `event_at`: never before as_of − lookback, always before as_of, in the window."""
        instant = InstantValue(exp.column("event_at"))
        is_within = self.comparison is not None and self.comparison.operator.name == "within"
        if lookback is not None and is_within and self.reaches_past(lookback):
            return Window(None).conditions(lookback)
        conditions: list[exp.Expr] = []
        if lookback is not None and not self._is_inside(lookback):
            conditions.append(exp.GTE(this=instant.instant(), expression=sql.ago(lookback)))
        if self.comparison is not None:
            conditions.append(self.comparison.holds(instant))
        if not is_within:
            conditions.append(exp.LT(this=instant.instant(), expression=sql.as_of()))
        return tuple(conditions)

    def reaches_past(self, lookback: Duration) -> bool:
        """Whether it asks for events that the lookback cuts off at every as_of."""
        reach = self._reach()
        return reach is not None and lookback.microseconds < reach.microseconds

    def words(self, lookback: Duration | None) -> str:
        """The effective window in plain words."""
        if lookback is None and self.comparison is None:
            return "window: all history, before as_of"
        if lookback is not None and self.comparison is None:
            return f"window: the lookback, [as_of - {lookback.text}, as_of)"
        cut = "" if lookback is None or self._is_inside(lookback) else f", no older than {lookback.text}"
        return f"window: {self._span()}{cut}"

    def _span(self) -> str:
        match None if self.comparison is None else self.comparison.operand:
            case Duration() as length:
                return f"[as_of - {length.text}, as_of)"
            case (Duration() as first, Duration() as last):
                return f"[as_of - {first.text}, as_of - {last.text}]"
            case _:
                return "" if self.comparison is None else self.comparison.words()

    def _is_inside(self, lookback: Duration) -> bool:
        reach = self._reach()
        return reach is not None and reach.microseconds <= lookback.microseconds

    def _reach(self) -> Duration | None:
        if self.comparison is None:
            return None
        match self.comparison.operand:
            case Duration() as duration:
                return duration
            case (Duration() as first, Duration()):
                return first
            case _:
                return None


def read_window(mapping: Mapping, report: Report) -> Window:
    """The window that the date operators among the keys of `mapping` write; problems go to `report`."""
    written = [entry for entry in mapping.entries if entry.key.text in WINDOW_NAMES]
    for entry in written[1:]:
        report.add(
            "CRT-009",
            f"`{entry.key.text}` stands beside `{written[0].key.text}`: a window is one date operator",
            entry.key,
            allowed=WINDOW_NAMES,
            hint="for two ends use `between_dates` or `ago`",
        )
    found: tuple[Comparison, ...] = read_operators(written[:1], "the window", report, DATE_OPERATORS)
    return Window(found[0] if found else None)
