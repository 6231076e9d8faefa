"""An audience has more criteria than a query engine reads in one query.

Every criterion is a part of one SQL query, and engines bound how large that may be. Long lists of values don't
count: they are one criterion with `in`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.logic import leaves
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole

#: DuckDB plans 1,000 levels deep. A criterion is two or three of them: its common table, the population that a
#: negative is taken from, and the place where it is joined with the others. 250 of them still run.
MOST_CRITERIA = 200


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        count = _size(audience)
        if count > MOST_CRITERIA:
            yield Finding(
                f"`{audience.id}` has {count:,} criteria and conditions, at most {MOST_CRITERIA} are allowed",
                audience.place if audience.criteria is None else audience.criteria.place,
            )


def _size(audience: Audience) -> int:
    """Criteria, the conditions in them, and the paths that are taken away."""
    paths = audience.siblings if audience.is_remaining else audience.earlier_siblings
    found = leaves(audience.criteria) if audience.criteria else ()
    return len(paths) + sum(max(1, len(leaf.compared)) for leaf in found)


def _players(criteria: str) -> str:
    return f"audience: players\ncriteria: {criteria}\n"


_PLANS = [f"plan_{number}" for number in range(MOST_CRITERIA + 1)]

SIZES = Rule(
    code="DEF-095",
    severity="error",
    teaching=__doc__,
    fix="write a list of values as one criterion with `in: […]`, or split the audience and name its parts with `audience`",
    check=_check,
    example={
        "audiences/players.yml": _players(
            f"{{any: [{', '.join(f'{{user: {{attribute: plan, exact: {plan}}}}}' for plan in _PLANS)}]}}"
        )
    },
    fixed={"audiences/players.yml": _players(f"{{user: {{attribute: plan, in: [{', '.join(_PLANS)}]}}}}")},
)
