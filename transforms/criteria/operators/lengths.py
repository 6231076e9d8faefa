"""Operators on lengths of time, which the value has in milliseconds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria.operands import LENGTH, LENGTHS
from transforms.criteria.operators.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.criteria.values import Value
    from transforms.documents.durations import Duration


def _milliseconds(value: Value, length: Duration) -> exp.Expr:
    return value.bound(Decimal(length.microseconds // 1000))


def _comparison(node: type[exp.Binary]) -> Callable[[Value, Duration], exp.Expr]:
    def holds(value: Value, operand: Duration) -> exp.Expr:
        return node(this=value.number(), expression=_milliseconds(value, operand))

    return holds


def _between(value: Value, operand: tuple[Duration, Duration]) -> exp.Expr:
    low, high = (_milliseconds(value, length) for length in operand)
    return exp.Between(this=value.number(), low=low, high=high)


LENGTH_OPERATORS = (
    Operator("eq", "number", LENGTH, _comparison(exp.EQ), "equal to", "ne", "other than"),
    Operator("gt", "number", LENGTH, _comparison(exp.GT), "over"),
    Operator("gte", "number", LENGTH, _comparison(exp.GTE), "at least"),
    Operator("lt", "number", LENGTH, _comparison(exp.LT), "under"),
    Operator("lte", "number", LENGTH, _comparison(exp.LTE), "at most"),
    Operator("between", "number", LENGTHS, _between, "between"),
)
