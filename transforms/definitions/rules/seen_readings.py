"""An operator reads an attribute as what none of its values has ever been.

Every value that the lake has seen of the attribute is, say, a word, and the operator compares numbers. A positive
operator then holds for nobody and a negative one for everyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule
from transforms.definitions.rules.seen_values import seen_of_users, seen_values
from transforms.seen_names import seen_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.definitions.rules.whole import Whole

_WORDS = {
    "text": "a single value",
    "boolean": "true or false",
    "number": "a number",
    "date": "a date",
    "version": "a version",
}


def _check(whole: Whole) -> Iterator[Finding]:
    for workspaces, value in whole.compared:
        if value.source == "user":
            readings = (seen_of_users(whole.seen, workspaces) or {}).get(value.name.lower())
        else:
            readings = (seen_values(whole.seen, value) or {}).get(value.name)
        if readings:
            yield from _of_value(value, readings)


def _of_value(value: ComparedValue, readings: frozenset[str]) -> Iterator[Finding]:
    if value.summed_by is not None and "number" not in readings:
        yield Finding(
            f"no value of `{value.name[:80]}` was ever a number: `{value.summed_by}` finds nothing",
            value.place,
            hint=_hint(readings),
        )
    for comparison in value.comparisons:
        reading = comparison.operator.reading
        if reading in _WORDS and reading not in readings:
            outcome = "holds for everyone" if comparison.is_negative else "holds for nobody"
            yield Finding(
                f"no value of `{value.name[:80]}` was ever {_WORDS[reading]}: `{comparison.key}` {outcome}",
                comparison.place,
                hint=_hint(readings),
            )


def _hint(readings: frozenset[str]) -> str:
    if readings == {"list"}:
        return "its values are lists: compare them with includes or partial"
    found = [word for word in ("number", "date", "boolean", "version") if word in readings]
    return f"values were read as {' or '.join(found)}" if found else "values are text: compare them as such"


def _payers(operators: str) -> str:
    return f"audience: payers\ncriteria: {{user: {{attribute: plan, {operators}}}}}\n"


SEEN_READINGS = Rule(
    code="DEF-111",
    severity="warning",
    teaching=__doc__,
    fix="choose an operator for what the values are; `milepost data` shows them",
    check=_check,
    example={"audiences/payers.yml": _payers("gt: 5")},
    fixed={"audiences/payers.yml": _payers("exact: pro")},
    seen=seen_names({"user_attributes": [(("shop", "plan"), ("text",))]}),
)
