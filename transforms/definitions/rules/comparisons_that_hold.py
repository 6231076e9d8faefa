"""Comparisons of one value exclude each other.

All operators on one value have to hold together, so that the criterion holds for nobody, whatever the data: a
range whose ends are the wrong way round, a text that is two things at once. It is legal, as the empty set is one,
and never meant; as an exclusion it would spare nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.possible import impossible
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.comparisons import Comparison
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for _, value in whole.compared:
        found = impossible(value)
        if found:
            yield Finding(_message(value, found), found[-1].place, hint=_hint(value, found))


def _message(value: ComparedValue, found: tuple[Comparison, ...]) -> str:
    # Operators without their operands: what a user is compared with may be personal.
    names = [f"`{comparison.key}`" for comparison in found]
    if len(names) == 1:
        return f"{names[0]} holds for no {value.name} whatever"
    first = ", ".join(names[:-1])
    together = "both" if len(names) == 2 else "all of them"
    return f"{first} and {names[-1]} of `{value.name}` exclude each other: no value meets {together}"


def _hint(value: ComparedValue, found: tuple[Comparison, ...]) -> str:
    return f"a {value.name} is a whole number from 0" if len(found) == 1 and value.type == "count" else ""


COMPARISONS_THAT_HOLD = Rule(
    code="DEF-090",
    severity="warning",
    teaching=__doc__,
    fix="turn the range round, or write two criteria below `any` if either will do",
    check=_check,
    example={
        "audiences/spenders.yml": "audience: spenders\ncriteria: {user: {attribute: spent, gt: 100, lt: 50}}\n"
    },
    fixed={
        "audiences/spenders.yml": "audience: spenders\ncriteria: {user: {attribute: spent, gt: 50, lt: 100}}\n"
    },
)
