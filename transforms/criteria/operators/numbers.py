"""Operators on numbers. Each holds for a number in Python too: for what is compared before there are rows."""

from __future__ import annotations

import operator as python
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria.operands import NUMBER, NUMBERS
from transforms.criteria.operators.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from transforms.criteria.values import Value


def _comparison(node: type[exp.Binary]) -> Callable[[Value, Decimal], exp.Expr]:
    def holds(value: Value, operand: Decimal) -> exp.Expr:
        return node(this=value.number(), expression=value.bound(operand))

    return holds


def _between(value: Value, operand: tuple[Decimal, Decimal]) -> exp.Expr:
    return exp.Between(this=value.number(), low=value.bound(operand[0]), high=value.bound(operand[1]))


_EQ = Operator("eq", "number", NUMBER, _comparison(exp.EQ), "equal to", "ne", "other than")
_GT = Operator("gt", "number", NUMBER, _comparison(exp.GT), "over")
_GTE = Operator("gte", "number", NUMBER, _comparison(exp.GTE), "at least")
_LT = Operator("lt", "number", NUMBER, _comparison(exp.LT), "under")
_LTE = Operator("lte", "number", NUMBER, _comparison(exp.LTE), "at most")
_BETWEEN = Operator("between", "number", NUMBERS, _between, "between")

AT_LEAST = _GTE
NUMBER_OPERATORS = (_EQ, _GT, _GTE, _LT, _LTE, _BETWEEN)

_IN_PYTHON: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "eq": python.eq,
    "gt": python.gt,
    "gte": python.ge,
    "lt": python.lt,
    "lte": python.le,
}


def holds_for(number: Decimal, operator: Operator, operand: Decimal | tuple[Decimal, Decimal]) -> bool:
    """Whether a positive number operator holds for `number`."""
    if isinstance(operand, tuple):
        return operand[0] <= number <= operand[1]
    return _IN_PYTHON[operator.name](number, operand)
