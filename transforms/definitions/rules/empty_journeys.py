"""A journey has no milestones.

It is legal while a journey is being built or taken down. Until then nothing is calculated for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for journey in whole.journeys:
        if not journey.milestones and not whole.known.may_exist(journey.id):
            yield Finding(f"the journey `{journey.id}` has no milestones", journey.place)


EMPTY_JOURNEYS = Rule(
    code="DEF-069",
    severity="warning",
    teaching=__doc__,
    fix="write its milestones, or delete its file",
    check=_check,
    example={"journeys/buying.yml": "journey: buying\nmilestones: []\n"},
    fixed={
        "journeys/buying.yml": (
            "journey: buying\nmilestones: [{milestone: paid, criteria: {ecommerce: {action: purchase}}}]\n"
        )
    },
)
