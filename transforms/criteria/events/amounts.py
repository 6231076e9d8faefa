"""How many, how much: what is compared of the matching events (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.comparisons import (
    Comparison,
    all_words,
    comparison_schemas,
    comparisons_schema,
    operator_names,
    read_comparisons,
    read_operators,
)
from transforms.criteria.events.aggregates import OfEvents
from transforms.criteria.events.fields import PRODUCT, Record, read_field_name
from transforms.criteria.operators.numbers import AT_LEAST, NUMBER_OPERATORS, holds_for
from transforms.criteria.values import NumberValue
from transforms.documents.nodes import Entry, Mapping
from transforms.errors import InternalError

if TYPE_CHECKING:
    from transforms.criteria.events.aggregates import Aggregates
    from transforms.documents.report import Report
    from transforms.errors import Place

Function = Literal["count", "sum", "average", "min", "max", "distinct"]
_OF_EVENTS = OfEvents()
#: Digits before the point of a total as text, and enough for any number that it can be.
_WHOLE_DIGITS = 38
_TOTAL_DIGITS = 60
_NINE_PLACES = Decimal("0.000000001")
FUNCTIONS: tuple[Function, ...] = ("count", "sum", "average", "min", "max", "distinct")


@dataclass(frozen=True)
class Field:
    """The field that is aggregated, of the event, of its product lines or of its promotions."""

    record: Record
    name: str

    @property
    def is_of_product(self) -> bool:
        """Whether it goes over product lines, not events."""
        return self.record is PRODUCT

    @property
    def is_product_price(self) -> bool:
        """Whether a calculated average of it weighs by quantity (spec §4.6)."""
        return self.record is PRODUCT and self.name == "price"

    def words(self) -> str:
        """The field in plain words."""
        return self.name if self.record.prefix is None else f"{self.record.prefix} {self.name}"


@dataclass(frozen=True)
class Amount:
    """One aggregate of the matching events, and the comparisons that have to hold of it.

    `field` is None for a count and for nothing else.
    """

    function: Function
    field: Field | None
    comparisons: tuple[Comparison, ...]

    @property
    def is_any(self) -> bool:
        """Whether it only asks that there is an event."""
        return self.function == "count" and [
            (comparison.operator, comparison.operand) for comparison in self.comparisons
        ] == [(AT_LEAST, Decimal(1))]

    @property
    def of_nothing(self) -> Decimal | None:
        """The amount of a user without a value: 0 for a count, a sum and a distinct, else there is none."""
        return None if self.function in ("average", "min", "max") else Decimal(0)

    @property
    def holds_for_nothing(self) -> bool:
        """Whether it holds for a user without a value: 0 for a count, a sum and a distinct, else no value."""
        if self.of_nothing is None:
            return all(comparison.is_negative for comparison in self.comparisons)
        return all(
            holds_for(self.of_nothing, comparison.operator, comparison.operand) != comparison.is_negative
            for comparison in self.comparisons
        )

    def needed(self) -> tuple[exp.Expr, ...]:
        """Conditions that leave only what has a value to aggregate."""
        if self.field is None:
            return ()
        value = self.field.record.value(self.field.name)
        aggregated = value.text() if self.function == "distinct" else value.number()
        return (sql.is_known(aggregated),)

    @property
    def adds_up(self) -> bool:
        """Whether the amounts of days give that of all of them together."""
        return self.function != "distinct"

    def holds(self, of: Aggregates = _OF_EVENTS) -> exp.Expr:
        """The condition on the group of one user's values, in rows as `of` says; there is at least one value in it."""
        value = self._value(of)
        return sql.all_hold(_of_group(comparison, value) for comparison in self.comparisons)

    def fails(self, of: Aggregates = _OF_EVENTS) -> exp.Expr:
        """The complement of `holds`, on the same group."""
        match self.comparisons:
            case (Comparison(is_negative=True) as alone,):
                return alone.positive(self._value(of))
            case _:
                return exp.not_(self.holds(of), copy=False)

    def measured(self) -> tuple[exp.Expr, ...]:
        """What `read` makes the amount of one user's values from."""
        value = self._value(_OF_EVENTS).number()
        return (value, exp.Count(this=exp.Star())) if self.function == "average" else (value,)

    def read(self, value: Any, how_many: int = 1) -> Decimal:
        """The amount, from a row of `measured`; an average has at most nine places."""
        if self.function not in ("sum", "average"):
            return Decimal(value)
        with localcontext(prec=_TOTAL_DIGITS):
            return (read_total(value) / how_many).quantize(_NINE_PLACES, ROUND_HALF_UP)

    @property
    def name(self) -> str:
        """What is compared, in plain words."""
        return f"{self.function} of {self.field.words()}" if self.field else self.function

    @property
    def asked(self) -> str:
        """What is asked of it, in plain words."""
        return all_words(self.comparisons)

    def words(self) -> str:
        """The amount and what is asked of it, in plain words."""
        return f"{self.name} {self.asked}"

    def _value(self, of: Aggregates) -> NumberValue:
        if self.field is None:
            return NumberValue(of.how_many())
        value = self.field.record.value(self.field.name)
        match self.function:
            case "distinct":
                return NumberValue(exp.Count(this=exp.Distinct(expressions=[value.text()])))
            case "min":
                return NumberValue(of.smallest(value))
            case "max":
                return NumberValue(of.largest(value))
            case "sum":
                return NumberValue(of.total(value), _as_total)
            case "average":
                return NumberValue(of.total(value), partial(_total_of, of))
            case "count":
                raise InternalError("a count has no field")


def read_total(text: str) -> Decimal:
    """The number that the warehouse function `total` wrote: its side of zero, 38 digits, nine places."""
    below = 10**_WHOLE_DIGITS if text[0] == "-" else 0
    with localcontext(prec=_TOTAL_DIGITS):
        return Decimal(text[1:]) - below


def _of_group(comparison: Comparison, value: NumberValue) -> exp.Expr:
    positive = comparison.positive(value)
    return exp.not_(positive, copy=False) if comparison.is_negative else positive


def _as_total(bound: Decimal) -> exp.Expr:
    return sql.call("as_total", sql.number(bound))


def _total_of(of: Aggregates, bound: Decimal) -> exp.Expr:
    return sql.call("total_of", sql.number(bound), of.how_many())


def default_amount(place: Place) -> Amount:
    """At least one event."""
    return Amount("count", None, (Comparison(AT_LEAST, Decimal(1), False, place),))


def read_amount(entry: Entry, event: Record, takes_products: bool, report: Report) -> Amount:
    """The amount that one of the keys FUNCTIONS writes; problems go to `report`."""
    function: Function = next(name for name in FUNCTIONS if name == entry.key.text)
    what = f"`{function}`"
    if function == "count":
        comparisons = read_comparisons(entry.value, what, report, NUMBER_OPERATORS)
        _check_counted(function, comparisons, report)
        return Amount(function, None, comparisons)
    names = ("attribute", "product") if takes_products else ("attribute",)
    if not isinstance(entry.value, Mapping):
        allowed = (*names, *operator_names(NUMBER_OPERATORS))
        report.add("CRT-001", f"{what} takes keys and values", entry.value, allowed=allowed)
        return Amount(function, None, ())
    field = _read_field(entry.value, what, names, event, report)
    operators = [each for each in entry.value.entries if each.key.text not in ("attribute", "product")]
    comparisons = read_operators(operators, what, report, NUMBER_OPERATORS)
    if not operators:
        allowed = operator_names(NUMBER_OPERATORS)
        report.add("CRT-004", f"{what} compares with nothing", entry.value, allowed=allowed)
    if function == "distinct":
        _check_counted(function, comparisons, report)
    return Amount(function, field, comparisons)


def _read_field(
    node: Mapping, what: str, names: tuple[str, ...], event: Record, report: Report
) -> Field | None:
    written = [entry for entry in node.entries if entry.key.text in ("attribute", "product")]
    if len(written) != 1 or written[0].key.text not in names:
        hint = f"such as `{what.strip('`')}: {{attribute: total_amount, gte: 100}}`"
        report.add("CRT-004", f"{what} needs exactly one field", node, allowed=names, hint=hint)
        return None
    name = read_field_name(written[0].value, what, report)
    record = PRODUCT if written[0].key.text == "product" else event
    return None if name is None else Field(record, name)


def _check_counted(function: Function, comparisons: tuple[Comparison, ...], report: Report) -> None:
    for comparison in comparisons:
        bounds = comparison.operand if isinstance(comparison.operand, tuple) else (comparison.operand,)
        if any(bound < 0 or bound != bound.to_integral_value() for bound in bounds):
            message = f"a {function} is compared with whole numbers from 0"
            report.add("CRT-010", message, comparison.place, hint="for none at all write `eq: 0`")


def amount_schemas(takes_products: bool) -> dict[str, Any]:
    """JSON Schema of each of the keys FUNCTIONS, which refers to `amount_definitions`."""
    aggregated = "aggregate_of_lines" if takes_products else "aggregate"
    return {name: {"$ref": f"#/$defs/{'count' if name == 'count' else aggregated}"} for name in FUNCTIONS}


def amount_definitions() -> dict[str, Any]:
    """What the schemas of all kinds of events have alike, by name below `$defs`."""
    return {
        "count": comparisons_schema(NUMBER_OPERATORS),
        "aggregate": _aggregate_schema(("attribute",)),
        "aggregate_of_lines": _aggregate_schema(("attribute", "product")),
    }


def _aggregate_schema(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            **{name: {"type": "string", "minLength": 1} for name in names},
            **comparison_schemas(NUMBER_OPERATORS),
        },
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in names],
        "minProperties": 2,
    }
