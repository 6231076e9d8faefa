"""Operators on text and booleans. Both sides are lower-cased by the engine, so that one mapping holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.operands import BOOLEAN, PATTERN, TEXT, TEXTS, Pattern
from transforms.criteria.operators.operator import Operator

if TYPE_CHECKING:
    from transforms.criteria.values import Value

#: Not a backslash, which some engines read twice in a literal.
_ESCAPE = "!"


def _lowered(value: Value) -> exp.Expr:
    return sql.lower(value.text())


def _literal(operand: str) -> exp.Expr:
    return sql.lower(sql.text(operand))


def _exact(value: Value, operand: str) -> exp.Expr:
    return exp.EQ(this=_lowered(value), expression=_literal(operand))


def _contains(value: Value, operand: str) -> exp.Expr:
    return exp.Contains(this=_lowered(value), expression=_literal(operand))


def _starts_with(value: Value, operand: str) -> exp.Expr:
    return exp.StartsWith(this=_lowered(value), expression=_literal(operand))


def _ends_with(value: Value, operand: str) -> exp.Expr:
    return exp.EndsWith(this=_lowered(value), expression=_literal(operand))


def _one_of(value: Value, operand: tuple[str, ...]) -> exp.Expr:
    return exp.In(this=_lowered(value), expressions=[_literal(each) for each in operand])


def _pattern(value: Value, operand: Pattern) -> exp.Expr:
    like = exp.Like(this=_lowered(value), expression=_literal(_like_text(operand)))
    return exp.Escape(this=like, expression=sql.text(_ESCAPE))


def _like_text(pattern: Pattern) -> str:
    wildcards = {"*": "%", "?": "_"}
    return "".join(
        wildcards[piece] if is_wildcard else _ESCAPE + piece if piece in ("%", "_", _ESCAPE) else piece
        for is_wildcard, piece in pattern.pieces
    )


def _is(value: Value, operand: bool) -> exp.Expr:
    return exp.EQ(this=_lowered(value), expression=sql.text("true" if operand else "false"))


TEXT_OPERATORS = (
    Operator("exact", "text", TEXT, _exact, "is", "not_exact", "is not"),
    Operator("contains", "text", TEXT, _contains, "contains", "not_contains", "does not contain"),
    Operator(
        "starts_with", "text", TEXT, _starts_with, "starts with", "not_starts_with", "does not start with"
    ),
    Operator("ends_with", "text", TEXT, _ends_with, "ends with", "not_ends_with", "does not end with"),
    Operator("pattern", "text", PATTERN, _pattern, "matches", "not_pattern", "does not match"),
    Operator("in", "text", TEXTS, _one_of, "is one of", "not_in", "is none of"),
)
BOOLEAN_OPERATORS = (Operator("is", "boolean", BOOLEAN, _is, "is"),)
