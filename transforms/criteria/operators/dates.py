"""Operators on instants: of a value that is read as a date, and the windows of events (spec §4.2, §4.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.operands import DATE, DATES, DURATION, DURATIONS
from transforms.criteria.operators.operator import Operator
from transforms.documents.durations import Duration

_DAY = Duration(86_400 * 10**6, "1 day")

if TYPE_CHECKING:
    from transforms.criteria.values import Value


def _at_or_after(value: Value, bound: exp.Expr) -> exp.Expr:
    return exp.GTE(this=value.instant(), expression=bound)


def _earlier(value: Value, bound: exp.Expr) -> exp.Expr:
    return exp.LT(this=value.instant(), expression=bound)


def _end_of(day: date) -> exp.Expr:
    if day == date.max:
        return exp.Add(this=sql.timestamp(day), expression=sql.interval(_DAY))
    return sql.timestamp(day + timedelta(days=1))


def _before(value: Value, operand: date) -> exp.Expr:
    return _earlier(value, sql.timestamp(operand))


def _after(value: Value, operand: date) -> exp.Expr:
    return _at_or_after(value, sql.timestamp(operand))


def _on(value: Value, operand: date) -> exp.Expr:
    return _between_dates(value, (operand, operand))


def _between_dates(value: Value, operand: tuple[date, date]) -> exp.Expr:
    first, last = operand
    return sql.all_hold((_at_or_after(value, sql.timestamp(first)), _earlier(value, _end_of(last))))


def _within(value: Value, operand: Duration) -> exp.Expr:
    return sql.all_hold((_at_or_after(value, sql.ago(operand)), _earlier(value, sql.as_of())))


def _ago(value: Value, operand: tuple[Duration, Duration]) -> exp.Expr:
    first, last = operand
    end = exp.LTE(this=value.instant(), expression=sql.ago(last))
    return sql.all_hold((_at_or_after(value, sql.ago(first)), end))


DATE_OPERATORS = (
    Operator("before", "date", DATE, _before, "before"),
    Operator("after", "date", DATE, _after, "on or after"),
    Operator("on", "date", DATE, _on, "on"),
    Operator("between_dates", "date", DATES, _between_dates, "on the days between"),
    Operator("within", "date", DURATION, _within, "within the last"),
    Operator("ago", "date", DURATIONS, _ago, "ago between"),
)
