"""A criterion asks for members who are in an audience for longer than memberships are kept.

Since when somebody is a member is told by the stored memberships, and those older than `membership_history` are
removed: nobody is a member for longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.logic import leaves
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    history = whole.project.membership_history
    if history is None:
        return
    for _, criteria in whole.understood:
        for leaf in leaves(criteria):
            if leaf.outlasts(history):
                yield Finding(
                    f"memberships are kept for {history.text}: nobody is a member for longer", leaf.place
                )


_MILEPOST = (
    "project: shop\nmembership_history: 30 days\n"
    "workspaces: {shop: {inputs: {web: {kind: platform, format: batches}}}}\n"
)
_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"


def _loyal(newer_end: str) -> str:
    return f"audience: loyal\ncriteria: {{member_since: {{in: buyers, ago: [60 days, {newer_end}]}}}}\n"


SINCE_IN_HISTORY = Rule(
    code="DEF-125",
    severity="warning",
    teaching=__doc__,
    fix="write a longer `membership_history:` in milepost.yml, or a shorter time",
    check=_check,
    example={
        "milepost.yml": _MILEPOST,
        "audiences/buyers.yml": _BUYERS,
        "audiences/loyal.yml": _loyal("45 days"),
    },
    fixed={
        "milepost.yml": _MILEPOST,
        "audiences/buyers.yml": _BUYERS,
        "audiences/loyal.yml": _loyal("20 days"),
    },
)
