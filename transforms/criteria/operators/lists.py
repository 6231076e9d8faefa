"""Operators on lists, which read a scalar as a list of one and pass over null elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.operands import TEXT
from transforms.criteria.operators.operator import Operator

if TYPE_CHECKING:
    from transforms.criteria.values import Value


def _element() -> exp.Expr:
    return sql.lower(exp.column("element"))


def _includes(value: Value, operand: str) -> exp.Expr:
    condition = exp.EQ(this=_element(), expression=sql.lower(sql.text(operand)))
    return sql.any_element(value.elements(), "element", condition)


def _partial(value: Value, operand: str) -> exp.Expr:
    condition = exp.Contains(this=_element(), expression=sql.lower(sql.text(operand)))
    return sql.any_element(value.elements(), "element", condition)


LIST_OPERATORS = (
    Operator("includes", "list", TEXT, _includes, "includes", "not_includes", "does not include"),
    Operator("partial", "list", TEXT, _partial, "partly includes", "not_partial", "does not partly include"),
)
