"""An operator reads a value as what it never is.

Amounts are numbers, versions are versions, first and last days are instants. A date operator on a price holds for
nobody, and a text operator on one compares its digits: `exact: 10` does not hold of `10.0`. That is legal, as text
operators apply to every value, and seldom meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.comparisons import Comparison
    from transforms.definitions.rules.whole import Whole

_IS_OF_TYPE = {"number": "a number", "text": "text", "code": "a name or an id", "version": "a version"}
#: What each type is never read as. An id may be digits alone, so that it can be compared as a number.
_NEVER = {
    "number": ("boolean", "date", "version", "list"),
    "text": ("number", "boolean", "date", "version"),
    "code": ("boolean", "date", "version"),
    "version": ("boolean", "date"),
}
_NO_NUMBERS = ("text", "version")
_READS = {
    "boolean": "as true or false",
    "date": "as a date",
    "version": "as a version",
    "number": "as a number",
    "list": "as a list",
}
_NUMBERS_INSTEAD = {"exact": "eq", "in": "eq"}
#: Of a number these compare digits.
_PARTS = ("contains", "starts_with", "ends_with", "pattern")


def _check(whole: Whole) -> Iterator[Finding]:
    for _, value in whole.compared:
        if value.source in ("computed", "instant", "identity"):
            # Only the operators that suit them can be written there; an identity may be any text.
            continue
        if value.summed_by is not None and value.type in _NO_NUMBERS:
            yield Finding(
                f"`{value.name}` is {_IS_OF_TYPE[value.type]}, and `{value.summed_by}` adds up or compares numbers",
                value.place,
                hint="name a field that is a number, or take `distinct`, `unique_count` or `most_frequent`",
            )
        for comparison in value.comparisons:
            found = _found(value, comparison)
            if found is not None:
                yield found


def _found(value: ComparedValue, comparison: Comparison) -> Finding | None:
    if value.type is None:
        return None
    is_ = f"`{value.name}` is {_IS_OF_TYPE.get(value.type, value.type)}"
    operator, key = comparison.operator, comparison.key
    if operator.reading in _NEVER.get(value.type, ()):
        outcome = "it holds for everyone" if comparison.is_negative else "it holds for nobody"
        return Finding(f"{is_}, and `{key}` reads it {_READS[operator.reading]}: {outcome}", comparison.place)
    if value.type == "number" and operator.name in _NUMBERS_INSTEAD:
        number = "ne" if comparison.is_negative else "eq"
        hint = f"write `{number}`" if operator.name == "exact" else f"write `{number}` for each, or `between`"
        return Finding(
            f"{is_}, and `{key}` compares its text: `10` is not `10.0`", comparison.place, hint=hint
        )
    if value.type == "number" and operator.name in _PARTS:
        return Finding(
            f"{is_}, and `{key}` looks at its digits: `5` is in `0.25`",
            comparison.place,
            hint="compare it with gt, gte, lt, lte or between",
        )
    if value.type == "version" and operator.reading == "number":
        return Finding(
            f"{is_}, and `{key}` reads it as a number: `2.10` is 2.1, and `2.10.1` is none",
            comparison.place,
            hint=f'write `version: {{{key}: "2.10"}}`',
        )
    return None


def _spenders(operators: str) -> str:
    return f"audience: spenders\ncriteria: {{ecommerce: {{action: purchase, where: {{total_amount: {operators}}}}}}}\n"


OPERATORS_THAT_FIT = Rule(
    code="DEF-096",
    severity="warning",
    teaching=__doc__,
    fix="choose an operator for what the value is",
    check=_check,
    example={"audiences/spenders.yml": _spenders("{contains: 5}")},
    fixed={"audiences/spenders.yml": _spenders("{gte: 5}")},
)
