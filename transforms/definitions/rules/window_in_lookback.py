"""A criterion asks for events older than the lookback.

No event older than the lookback is ever counted, so a longer window finds less than it says; so do the times between
the steps of a sequence, and the wait of a cart. The lookback is the audience's own, else the `event_lookback` of
milepost.yml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.logic import leaves
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience, criteria in whole.understood:
        if audience.lookback is None:
            continue
        for leaf in leaves(criteria):
            if leaf.reaches_past(audience.lookback):
                yield Finding(
                    f"this asks for events older than the lookback of {audience.lookback.text}: they are not seen",
                    leaf.place,
                    hint=f"write `lookback:` in `{audience.id}`, or a shorter time",
                )


_CRITERIA = "criteria: {event: {name: Play, within: 60 days}}\n"

WINDOW_IN_LOOKBACK = Rule(
    code="DEF-072",
    severity="warning",
    teaching=__doc__,
    fix="write a longer `lookback:` in the audience, or a shorter time",
    check=_check,
    example={"audiences/players.yml": f"audience: players\nlookback: 30 days\n{_CRITERIA}"},
    fixed={"audiences/players.yml": f"audience: players\nlookback: 60 days\n{_CRITERIA}"},
)
