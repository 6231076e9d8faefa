"""Operators with their operands: reading an operator mapping, and what it asks of a value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from transforms.criteria import expressions as sql
from transforms.criteria.leaf import MASK
from transforms.criteria.meant import suggestion
from transforms.criteria.operands import TEXT
from transforms.criteria.operators.table import EXISTS, OPERATORS
from transforms.criteria.operators.text import TEXT_OPERATORS
from transforms.criteria.operators.versions import VERSION_OPERATORS
from transforms.documents.nodes import Entry, Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from transforms.criteria.operators.operator import Operator
    from transforms.criteria.values import Value
    from transforms.documents.report import Report
    from transforms.errors import Place

#: What a plain value in the place of operators is short for.
EXACT = next(operator for operator in TEXT_OPERATORS if operator.name == "exact")
_VERSION = "version"
#: What a plain value is where a number or a length of time is compared.
_AMOUNT = re.compile("[0-9]{1,9}( [a-z]{3,7})?")
#: Compares with an earlier step of a sequence, so it is no operator on a value; the field's condition reads it.
SAME_AS = "same_as"
_HIDDEN = replace(TEXT, words=lambda _: MASK)


@dataclass(frozen=True)
class Comparison:
    """One operator and its operand. A negative is the exact complement of its positive `operator`."""

    operator: Operator
    operand: Any
    is_negative: bool
    place: Place

    def positive(self, value: Value) -> exp.Expr:
        """The condition of the positive operator; it may be unknown."""
        return self.operator.holds(value, self.operand)

    def holds(self, value: Value) -> exp.Expr:
        """The condition itself on one value: of a negative the exact complement."""
        condition = self.positive(value)
        return sql.fails(condition) if self.is_negative else condition

    @property
    def key(self) -> str:
        """The operator as it is written."""
        operator = self.operator
        name = operator.negative if self.is_negative and operator.negative is not None else operator.name
        return f"version.{name}" if operator.reading == "version" else name

    def words(self) -> str:
        """The comparison in plain words, such as `at least 2`."""
        words = self.operator.negative_words if self.is_negative else self.operator.words
        return words if self.operator is EXISTS else f"{words} {self.operator.operand.words(self.operand)}"


def operator_names(operators: Iterable[Operator] = OPERATORS) -> tuple[str, ...]:
    """Every key that can stand in an operator mapping."""
    known = tuple(operators)
    names = [name for operator in known for name in (operator.name, operator.negative) if name is not None]
    return (*names, _VERSION) if EXISTS in known else tuple(names)


def read_comparisons(
    node: Node, what: str, report: Report, operators: tuple[Operator, ...] = OPERATORS
) -> tuple[Comparison, ...]:
    """The comparisons of an operator mapping, or of a plain value, which is short for `exact`.

    None of them, with problems, where the node is wrong or empty.
    """
    if not isinstance(node, Mapping):
        if EXACT not in operators:
            names = operator_names(operators)
            hint = _form(what, node, names)
            report.add("CRT-001", f"{what} takes operators", node, allowed=names, hint=hint)
            return ()
        operand = TEXT.read(node, report)
        return () if operand is None else (Comparison(EXACT, operand, False, node.place),)
    if not node.entries:
        report.add("CRT-003", f"{what} is empty", node, allowed=operator_names(operators))
    return read_operators(node.entries, what, report, operators)


def read_operators(
    entries: Iterable[Entry], what: str, report: Report, operators: tuple[Operator, ...] = OPERATORS
) -> tuple[Comparison, ...]:
    """The comparisons that keys and values write; wrong ones are left out, with problems."""
    found: list[Comparison] = []
    for entry in entries:
        name = entry.key.text
        if name == _VERSION and EXISTS in operators:
            found.extend(_read_version(entry.value, what, report))
            continue
        operator = _named(name, operators)
        if name == SAME_AS:
            report.add(
                "CRT-060",
                f"`{SAME_AS}` of {what} can't stand here: it compares a field with that of an earlier step",
                entry.key,
                hint=f"it stands in `where` or `product` of a step of a `sequence`: `product: {{id: {{{SAME_AS}: 1}}}}`",
            )
            continue
        if operator is None:
            names = operator_names(operators)
            message = f"unknown operator `{name[:80]}` of {what}"
            report.add("CRT-005", message, entry.key, allowed=names, hint=suggestion(name, names))
            continue
        operand = operator.operand.read(entry.value, report)
        if operand is not None:
            is_negative = name == operator.negative or (operator is EXISTS and operand is False)
            found.append(Comparison(operator, operand, is_negative, entry.key.place))
    return tuple(found)


def _form(what: str, node: Node, names: tuple[str, ...]) -> str:
    """How operators are written, where a plain value stands: most often a count."""
    if "gte" not in names or not isinstance(node, Scalar):
        return ""
    key, value = what.strip("`"), node.text if _AMOUNT.fullmatch(node.text) else "3"
    return (
        f"write `{key}: {{gte: {value}}}` for at least {value}, `{key}: {{eq: {value}}}` for exactly {value}"
    )


def _read_version(node: Node, what: str, report: Report) -> tuple[Comparison, ...]:
    if not isinstance(node, Mapping) or not node.entries:
        names = operator_names(VERSION_OPERATORS)
        hint = 'such as `version: {gte: "2.10"}`'
        report.add("CRT-001", f"`version` of {what} takes operators", node, allowed=names, hint=hint)
        return ()
    return read_operators(node.entries, f"`version` of {what}", report, VERSION_OPERATORS)


def _named(name: str, operators: tuple[Operator, ...]) -> Operator | None:
    return next((operator for operator in operators if name in (operator.name, operator.negative)), None)


def comparison_schemas(operators: tuple[Operator, ...] = OPERATORS) -> dict[str, Any]:
    """JSON Schema of each key that can stand in an operator mapping."""
    schemas: dict[str, Any] = {}
    for operator in operators:
        for name in (operator.name, operator.negative):
            if name is not None:
                schemas[name] = operator.operand.schema
    if EXISTS in operators:
        versions = {"type": "object", "additionalProperties": False, "minProperties": 1}
        schemas[_VERSION] = {**versions, "properties": comparison_schemas(VERSION_OPERATORS)}
    return schemas


def comparisons_schema(operators: tuple[Operator, ...] = OPERATORS) -> dict[str, Any]:
    """JSON Schema of an operator mapping."""
    return {
        "type": "object",
        "properties": comparison_schemas(operators),
        "additionalProperties": False,
        "minProperties": 1,
    }


def with_hidden_operands(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The same comparisons, whose words have MASK for what they compare with."""
    return tuple(
        comparison
        if comparison.operator is EXISTS
        else replace(comparison, operator=replace(comparison.operator, operand=_HIDDEN))
        for comparison in comparisons
    )


def all_words(comparisons: Iterable[Comparison]) -> str:
    """Several comparisons of one value in plain words."""
    return " and ".join(comparison.words() for comparison in comparisons)
