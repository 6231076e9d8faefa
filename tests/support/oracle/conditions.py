"""Operators on one value, and how positives and negatives join on one row or over many (spec §4.1, §4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.oracle.values import (
    duration,
    instant,
    lower,
    matches_pattern,
    number,
    plain_date,
    version,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tests.support.oracle.records import Value

NEGATIVE_OF = {
    "not_exact": "exact",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_pattern": "pattern",
    "not_in": "in",
    "ne": "eq",
    "not_includes": "includes",
    "not_partial": "partial",
}
NUMBER_OPERATORS = ("eq", "gt", "gte", "lt", "lte", "between")
DATE_OPERATORS = ("before", "after", "on", "between_dates", "within", "ago")
DAY = duration("1 day")


@dataclass(frozen=True)
class Missing:
    """The key is not there, which differs from a null."""


MISSING = Missing()


@dataclass(frozen=True)
class Condition:
    """One operator on one field. `negative` asks that the (positive) operator does not hold."""

    field: str
    operator: str
    operand: Any
    negative: bool


def conditions(field: str, operators: Any) -> list[Condition]:
    """The operators of one field; a scalar is short for `exact`."""
    if not isinstance(operators, dict):
        operators = {"exact": operators}
    found: list[Condition] = []
    for name, operand in operators.items():
        if name == "version":
            for inner, part in operand.items():
                found.append(
                    Condition(field, f"version {NEGATIVE_OF.get(inner, inner)}", part, inner == "ne")
                )
        elif name == "exists":
            found.append(Condition(field, "exists", True, operand is False))
        else:
            found.append(Condition(field, NEGATIVE_OF.get(name, name), operand, name in NEGATIVE_OF))
    return found


def units(operand: Any) -> int:
    """A bound of a number comparison, in units of 10⁻⁹."""
    bound = number(written(operand))
    assert bound is not None
    return bound


def compare(operator: str, value: Any, operand: Any, read: Callable[[Any], Any]) -> bool:
    """eq, gt, gte, lt, lte or between on values of one kind."""
    match operator:
        case "eq":
            return value == read(operand)
        case "gt":
            return value > read(operand)
        case "gte":
            return value >= read(operand)
        case "lt":
            return value < read(operand)
        case "lte":
            return value <= read(operand)
        case "between":
            return read(operand[0]) <= value <= read(operand[1])
        case _:
            raise AssertionError(operator)


def in_window(operator: str, operand: Any, at: datetime, as_of: datetime) -> bool:
    """The date operators on one instant."""
    match operator:
        case "before":
            return at < plain_date(operand)
        case "after":
            return at >= plain_date(operand)
        case "on":
            return plain_date(operand) <= at < plain_date(operand) + DAY
        case "between_dates":
            return plain_date(operand[0]) <= at < plain_date(operand[1]) + DAY
        case "within":
            return as_of - duration(operand) <= at < as_of
        case "ago":
            return as_of - duration(operand[0]) <= at <= as_of - duration(operand[1])
        case _:
            raise AssertionError(operator)


def _text_holds(operator: str, operand: Any, text: str) -> bool:
    if operator == "in":
        return any(lower(text) == lower(written(item)) for item in operand)
    wanted = written(operand)
    match operator:
        case "exact":
            return lower(text) == lower(wanted)
        case "contains":
            return lower(wanted) in lower(text)
        case "starts_with":
            return lower(text).startswith(lower(wanted))
        case "ends_with":
            return lower(text).endswith(lower(wanted))
        case "pattern":
            return matches_pattern(text, wanted)
        case _:
            raise AssertionError(operator)


def holds(operator: str, operand: Any, value: Value | Missing, as_of: datetime) -> bool:
    """Whether a positive operator holds on a value."""
    if isinstance(value, Missing):
        return False
    if operator == "exists":
        return True
    if operator in ("includes", "partial"):
        elements = value if isinstance(value, tuple) else (value,)
        present = [lower(element) for element in elements if element is not None]
        wanted = lower(written(operand))
        return any(wanted == element if operator == "includes" else wanted in element for element in present)
    if not isinstance(value, str):
        return False
    if operator in NUMBER_OPERATORS:
        read = number(value)
        return read is not None and compare(operator, read, operand, units)
    if operator == "is":
        return lower(value) == written(operand)
    if operator in DATE_OPERATORS:
        at = instant(value)
        return at is not None and in_window(operator, operand, at, as_of)
    if operator.startswith("version "):
        parts = version(value)
        return parts is not None and compare(
            operator.removeprefix("version "), parts, operand, lambda bound: version(written(bound))
        )
    return _text_holds(operator, operand, value)


def one_holds(
    wanted: Iterable[Condition], value_of: Callable[[str], Value | Missing], as_of: datetime
) -> bool:
    """Whether a single event, product line or promotion satisfies all conditions."""
    return all(
        holds(condition.operator, condition.operand, value_of(condition.field), as_of)
        is not condition.negative
        for condition in wanted
    )


def users_with(
    wanted: list[Condition],
    rows: Iterable[tuple[int, dict[str, Value]]],
    population: set[int],
    as_of: datetime,
) -> set[int]:
    """Users with one row on which all positives hold, less those with any row on which a negative's holds."""

    def matches(row: dict[str, Value], condition: Condition) -> bool:
        return holds(condition.operator, condition.operand, row.get(condition.field, MISSING), as_of)

    all_rows = list(rows)
    positives = [condition for condition in wanted if not condition.negative]
    result = set(population)
    if positives:
        result &= {mpid for mpid, row in all_rows if all(matches(row, condition) for condition in positives)}
    for condition in wanted:
        if condition.negative:
            result -= {mpid for mpid, row in all_rows if matches(row, condition)}
    return result
