"""An audience has nothing but negatives.

It says who is not in and never who is, so it holds everyone of whom nothing is known: visitors who came once, and
users of years ago. That is legal, and seldom meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.polarity import polarities
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience, criteria in whole.understood:
        if audience.parent is None and all(is_negative for _, is_negative in polarities(criteria)):
            yield Finding(
                f"`{audience.id}` has nothing but negatives: it holds everyone of whom nothing is known",
                criteria.place,
            )


ONLY_NEGATIVES = Rule(
    code="DEF-074",
    severity="warning",
    teaching=__doc__,
    fix="add what its members have or did, if not everyone else is meant",
    check=_check,
    example={
        "audiences/abroad.yml": "audience: abroad\ncriteria: {user: {attribute: country, not_exact: US}}\n"
    },
    fixed={
        "audiences/abroad.yml": (
            "audience: abroad\n"
            "criteria:\n"
            "  all:\n"
            "    - user: {attribute: country, not_exact: US}\n"
            "    - last_active: {within: 30 days}\n"
        )
    },
)
