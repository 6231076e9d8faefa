"""A journey is called `audiences`.

The models of a journey lie in a folder of its name, and those of plain audiences in the folder `audiences`: the
two would be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole

#: Milestones of a journey lie in a folder of its name, all other audiences in this one.
_RESERVED = "audiences"


def _check(whole: Whole) -> Iterator[Finding]:
    for journey in whole.journeys:
        if journey.id == _RESERVED:
            yield Finding(f"a journey can't be called `{_RESERVED}`", journey.place)


_MILESTONES = "milestones: [{milestone: bought, criteria: {ecommerce: {action: purchase}}}]\n"

JOURNEY_NAMES = Rule(
    code="DEF-061",
    severity="error",
    teaching=__doc__,
    fix="give the journey another id",
    check=_check,
    example={"journeys/buying.yml": f"journey: audiences\n{_MILESTONES}"},
    fixed={"journeys/buying.yml": f"journey: buying\n{_MILESTONES}"},
)
