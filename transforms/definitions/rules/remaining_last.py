"""A remaining milestone is not the last of its paths.

Paths are evaluated from left to right, and `remaining` takes everyone of the parent who is in no other path. It
can only stand where all the others have been taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        if audience.is_remaining and len(audience.earlier_siblings) < len(audience.siblings):
            yield Finding(
                f"the remaining milestone `{audience.milestone}` must be the last path", audience.place
            )


_PAID = "  - {milestone: paid, criteria: {ecommerce: {action: purchase}}}\n"
_REST = "  - {milestone: everyone_else, remaining: true}\n"

REMAINING_LAST = Rule(
    code="DEF-067",
    severity="error",
    teaching=__doc__,
    fix="it takes whom no other path takes: move it behind its siblings",
    check=_check,
    example={"journeys/buying.yml": f"journey: buying\nmilestones:\n{_REST}{_PAID}"},
    fixed={"journeys/buying.yml": f"journey: buying\nmilestones:\n{_PAID}{_REST}"},
)
