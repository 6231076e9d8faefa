"""A milestone below another names events, which need not come after those of the milestone above.

Milestones are nested sets: who did both, in whichever order, is in. Most journeys are read as if one thing came
after the other, so this is said once a journey. A `sequence` says an order of events; `member_since` says how long
somebody is in the milestone above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.kinds.sequence import SequenceCriterion
from transforms.criteria.logic import leaves
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.leaf import Leaf
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for journey in whole.journeys:
        of_events = [
            audience
            for audience, criteria in whole.understood
            if audience.journey == journey.id
            and audience.parent is not None
            and any(leaf.looks_back for leaf in leaves(criteria))
            and not any(_says_order(leaf) for leaf in leaves(criteria))
        ]
        if of_events:
            names = ", ".join(f"`{audience.milestone}`" for audience in of_events)
            yield Finding(
                f"events of {names} need not come after those of the milestone before", of_events[0].place
            )


def _says_order(leaf: Leaf) -> bool:
    return isinstance(leaf, SequenceCriterion) or bool(leaf.audiences_by_since)


def _journey(criteria: str) -> str:
    return (
        "journey: buying\n"
        "milestones:\n"
        "  - milestone: tried\n"
        "    criteria: {event: {name: Trial Started}}\n"
        f"    next: [{{milestone: paid, criteria: {criteria}}}]\n"
    )


AFTER_PARENT = Rule(
    code="DEF-070",
    severity="warning",
    teaching=__doc__,
    fix=(
        "milestones are nested sets: who did both, in whichever order, is in; "
        "`sequence` and `member_since` say what came after what"
    ),
    check=_check,
    example={"journeys/buying.yml": _journey("{ecommerce: {action: purchase}}")},
    fixed={"journeys/buying.yml": _journey("{user: {attribute: plan, exact: paid}}")},
)
