"""An operator can't read what a calculated attribute gives.

What an attribute gives follows from its function: a count is a number, a `unique_list` a list, a `first_timestamp` an
instant. An operator that reads something else would hold for nobody, and its negative for everyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.comparisons import operator_names
from transforms.criteria.language import calculated_attributes
from transforms.criteria.operators.table import OPERATORS
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.calculated.functions import Function
    from transforms.definitions.rules.whole import Whole

_GIVEN = {"number": "a number", "text": "one of the values", "list": "a list", "instant": "an instant"}


def _check(whole: Whole) -> Iterator[Finding]:
    functions = {attribute.id: attribute.calculation.function for attribute in whole.attributes}
    for audience in whole.audiences:
        for reference in calculated_attributes(audience.criteria) if audience.criteria else ():
            function = functions.get(reference.attribute)
            for comparison in reference.comparisons if function else ():
                if function and comparison.operator.reading not in function.readings:
                    yield Finding(
                        f"`{reference.attribute}` is {_GIVEN[function.gives]} ({function.name}): "
                        f"an operator on a {comparison.operator.reading} can't read it",
                        comparison.place,
                        _allowed(function),
                    )


def _allowed(function: Function) -> tuple[str, ...]:
    names = operator_names(each for each in OPERATORS if each.reading in function.readings)
    # `version` holds its own operators, which no value but a text has.
    return names if "version" in function.readings else tuple(name for name in names if name != "version")


_DEPARTMENTS = (
    "attribute: departments\n"
    "function: unique_list\n"
    "of: {ecommerce: {action: purchase}}\n"
    "value: {product: category}\n"
)

OPERATORS_OF_ATTRIBUTES = Rule(
    code="DEF-104",
    severity="error",
    teaching=__doc__,
    fix="choose an operator for what the attribute gives",
    check=_check,
    example={
        "attributes/departments.yml": _DEPARTMENTS,
        "audiences/meat.yml": "audience: meat\ncriteria: {calculated: {attribute: departments, exact: meat}}\n",
    },
    fixed={
        "attributes/departments.yml": _DEPARTMENTS,
        "audiences/meat.yml": "audience: meat\ncriteria: {calculated: {attribute: departments, includes: meat}}\n",
    },
)
