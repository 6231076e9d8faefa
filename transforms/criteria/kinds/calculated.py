"""`calculated`: the value of a calculated attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.comparisons import (
    Comparison,
    all_words,
    comparison_schemas,
    operator_names,
    read_operators,
)
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import AttributeReference, Leaf
from transforms.criteria.meant import attribute_as_key
from transforms.criteria.reading import has_unknown, read_mapping, read_name
from transforms.criteria.rows import users_by_rows
from transforms.criteria.values import TextValue

if TYPE_CHECKING:
    from decimal import Decimal

    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


@dataclass(frozen=True)
class CalculatedValue(TextValue):
    """The row of a user in the model of a calculated attribute.

    A number is compared by its `total`, which is exact where its text is rounded.
    """

    def number(self) -> exp.Expr:
        """See Value."""
        return exp.column("total")

    def bound(self, number: Decimal) -> exp.Expr:
        """See Value."""
        return sql.call("as_total", sql.number(number))


@dataclass(frozen=True)
class CalculatedCriterion(Leaf):
    """Users whose value of a calculated attribute compares as asked. No lookback cuts it (spec §4.6)."""

    reference: AttributeReference

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        del scope
        value = CalculatedValue(exp.column("value"), exp.true(), exp.column("elements"))
        return users_by_rows(lambda: self._rows("mpid"), value, self.reference.comparisons)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. The value as text, the elements of a list joined by `, `."""
        del scope
        listed = sql.joined(exp.column("elements"))
        value = exp.Coalesce(this=exp.column("value"), expressions=[listed])
        return self._rows("mpid", exp.alias_(value, "value"))

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf."""
        return ("value",)

    def title(self) -> str:
        """See Leaf."""
        return f"{self.reference.attribute} {all_words(self.reference.comparisons)}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        return (f"calculated attribute {self.title()}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return all(comparison.is_negative for comparison in self.reference.comparisons)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        name, comparisons = self.reference.attribute, self.reference.comparisons
        one_value = OneValue(("calculated", name))
        return (ComparedValue("calculated", name, comparisons, self.place, one_value=one_value),)

    @property
    def calculated_attributes(self) -> tuple[AttributeReference, ...]:
        """See Leaf."""
        return (self.reference,)

    def _rows(self, *columns: str | exp.Expr) -> exp.Select:
        return exp.select(*columns).from_(sql.model(f"int_calculated_{self.reference.attribute}"))


def _read(node: Node, report: Report) -> CalculatedCriterion | None:
    keys = ("attribute", *operator_names())
    mapping = read_mapping(node, "`calculated`", keys, report, lambda key: attribute_as_key(key, keys))
    if mapping is None:
        return None
    written = mapping.get("attribute")
    attribute = None
    if written is not None or not has_unknown(mapping, keys):
        attribute = read_name(written, "the id of the calculated attribute", mapping, report)
    operators = [entry for entry in mapping.entries if entry.key.text in operator_names()]
    if not operators and not has_unknown(mapping, keys):
        report.add("CRT-004", "`calculated` has no operator", mapping, allowed=operator_names())
    comparisons: tuple[Comparison, ...] = read_operators(operators, "`calculated`", report)
    if written is None or attribute is None:
        return None
    return CalculatedCriterion(mapping.place, AttributeReference(attribute, comparisons, written.place))


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"attribute": {"type": "string", "minLength": 1}, **comparison_schemas()},
        "required": ["attribute"],
        "additionalProperties": False,
        "minProperties": 2,
    }


CALCULATED = Kind(
    "calculated",
    _read,
    _schema,
    summary="The user's value of a calculated attribute, a file in attributes/, at as_of; no lookback cuts it.",
    examples=(
        "calculated: {attribute: ltv, gte: 1000}",
        "calculated: {attribute: favourite_department, in: [produce, meat]}",
        "calculated: {attribute: departments, not_includes: floral}",
        "calculated: {attribute: first_purchase, between_dates: [2017-01-01, 2017-03-31]}",
        "calculated: {attribute: favourite_department, exists: false}",
    ),
)
