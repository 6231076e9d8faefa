"""Operators on versions, written below the key `version`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.operands import VERSION
from transforms.criteria.operators.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.criteria.values import Value


def _comparison(node: type[exp.Binary]) -> Callable[[Value, str], exp.Expr]:
    def holds(value: Value, operand: str) -> exp.Expr:
        return node(
            this=sql.call("version_key", value.text()),
            expression=sql.call("version_key", sql.text(operand)),
        )

    return holds


VERSION_OPERATORS = (
    Operator("eq", "version", VERSION, _comparison(exp.EQ), "version", "ne", "not version"),
    Operator("gt", "version", VERSION, _comparison(exp.GT), "version over"),
    Operator("gte", "version", VERSION, _comparison(exp.GTE), "version at least"),
    Operator("lt", "version", VERSION, _comparison(exp.LT), "version under"),
    Operator("lte", "version", VERSION, _comparison(exp.LTE), "version at most"),
)
