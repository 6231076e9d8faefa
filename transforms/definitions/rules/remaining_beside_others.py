"""A remaining milestone has no other path beside it.

It takes everyone of the parent who is in no other path; without one it is the parent over again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        if audience.is_remaining and not audience.siblings:
            yield Finding(
                f"the remaining milestone `{audience.milestone}` has no other path beside it", audience.place
            )


_PAID = "  - {milestone: paid, criteria: {ecommerce: {action: purchase}}}\n"
_REST = "  - {milestone: everyone_else, remaining: true}\n"

REMAINING_BESIDE_OTHERS = Rule(
    code="DEF-068",
    severity="error",
    teaching=__doc__,
    fix="it would be the same as its parent: add a path before it, or leave it out",
    check=_check,
    example={"journeys/buying.yml": f"journey: buying\nmilestones:\n{_REST}"},
    fixed={"journeys/buying.yml": f"journey: buying\nmilestones:\n{_PAID}{_REST}"},
)
