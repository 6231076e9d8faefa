"""What is said of criteria that name calculated attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.comparisons import operator_names
from transforms.criteria.language import calculated_attributes
from transforms.criteria.operators.table import OPERATORS

if TYPE_CHECKING:
    from transforms.criteria.calculated.functions import Function
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report

_GIVEN = {"number": "a number", "text": "one of the values", "list": "a list", "instant": "an instant"}


def attribute_references(whole: Whole, report: Report) -> None:
    """DEF-103 a criterion names a calculated attribute that there is not: it would hold for nobody."""
    known = [attribute.id for attribute in whole.attributes]
    for audience in whole.audiences:
        for reference in calculated_attributes(audience.criteria) if audience.criteria else ():
            name = reference.attribute
            if name not in known and not whole.known_attributes.may_exist(name):
                report.unknown("DEF-103", "calculated attribute", name[:80], reference.place, known)


def attribute_operators(whole: Whole, report: Report) -> None:
    """DEF-104 an operator that can't read what the attribute gives: it would hold for nobody, its negative for all."""
    functions = {attribute.id: attribute.calculation.function for attribute in whole.attributes}
    for audience in whole.audiences:
        for reference in calculated_attributes(audience.criteria) if audience.criteria else ():
            function = functions.get(reference.attribute)
            for comparison in reference.comparisons if function else ():
                if function and comparison.operator.reading not in function.readings:
                    report.add(
                        "DEF-104",
                        f"`{reference.attribute}` is {_GIVEN[function.gives]} ({function.name}): "
                        f"an operator on a {comparison.operator.reading} can't read it",
                        comparison.place,
                        allowed=_allowed(function),
                    )


def _allowed(function: Function) -> tuple[str, ...]:
    names = operator_names(each for each in OPERATORS if each.reading in function.readings)
    # `version` holds its own operators, which no value but a text has.
    return names if "version" in function.readings else tuple(name for name in names if name != "version")
