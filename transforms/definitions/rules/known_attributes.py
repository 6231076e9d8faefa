"""A criterion names a calculated attribute that there is not.

A calculated attribute is a file of attributes/. A positive operator on one that is not there would hold for nobody,
a negative one for everyone. An attribute that is sent is named with `user`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import calculated_attributes
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    known = [attribute.id for attribute in whole.attributes]
    for audience in whole.audiences:
        for reference in calculated_attributes(audience.criteria) if audience.criteria else ():
            name = reference.attribute
            if name not in known and not whole.known_attributes.may_exist(name):
                yield unknown("calculated attribute", name, reference.place, known)


_LTV = "attribute: ltv\nfunction: sum\nof: {ecommerce: {action: purchase}}\nvalue: total_amount\n"

KNOWN_ATTRIBUTES = Rule(
    code="DEF-103",
    severity="error",
    teaching=__doc__,
    fix="write it as a file of attributes/, or name one that users have with `user`",
    check=_check,
    example={
        "attributes/ltv.yml": _LTV,
        "audiences/best.yml": "audience: best\ncriteria: {calculated: {attribute: lvt, gte: 500}}\n",
    },
    fixed={
        "attributes/ltv.yml": _LTV,
        "audiences/best.yml": "audience: best\ncriteria: {calculated: {attribute: ltv, gte: 500}}\n",
    },
)
