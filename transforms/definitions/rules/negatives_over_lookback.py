"""Users who did not do something are asked for without a window.

"Has not done" then means "not within the lookback", and where the lookback is the project's default a reader of
the audience does not see it: somebody who did it the day before that is in.
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
        if audience.lookback is None or audience.id not in whole.default_lookback:
            continue
        for leaf, is_negative in polarities(criteria):
            # One that reaches past the lookback has a window, and is told of by DEF-072.
            if is_negative and leaf.relies_on_lookback:
                yield Finding(
                    f"`did not` means here: not in the last {audience.lookback.text}, the project's event_lookback",
                    leaf.place,
                    hint=f"write the window, or `lookback:` in `{audience.id}`, if that is meant",
                )


NEGATIVES_OVER_LOOKBACK = Rule(
    code="DEF-073",
    severity="warning",
    teaching=__doc__,
    fix="write the window, or `lookback:` in the audience, if that is meant",
    check=_check,
    example={
        "audiences/quiet.yml": (
            "audience: quiet\n"
            "criteria:\n"
            "  first_seen: {within: 90 days}\n"
            "  exclude: [{event: {name: Play}}]\n"
        )
    },
    fixed={
        "audiences/quiet.yml": (
            "audience: quiet\n"
            "criteria:\n"
            "  first_seen: {within: 90 days}\n"
            "  exclude: [{event: {name: Play, within: 30 days}}]\n"
        )
    },
)
