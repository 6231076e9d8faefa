"""One criterion is both asked for and taken away.

It stands in what members must have and in what they must not have, so that nobody is left. Most often the second
should have another window, another count or another value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.kinds.audience import AudienceCriterion
from transforms.criteria.leaf import Leaf
from transforms.criteria.meaning import meaning
from transforms.criteria.polarity import conjunctions
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from transforms.criteria.logic import Criterion
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for _, criteria in whole.understood:
        for together in conjunctions(criteria):
            asked: dict[tuple[Hashable, bool], Criterion] = {}
            for demand in together:
                criterion = demand.criterion
                if isinstance(criterion, AudienceCriterion):
                    continue
                key = meaning(criterion)
                asked.setdefault((key, demand.is_negated), criterion)
                other = asked.get((key, not demand.is_negated))
                if other is not None:
                    yield _found(criterion, other)


def _found(criterion: Criterion, other: Criterion) -> Finding:
    what = (
        f"`{criterion.title()}`" if isinstance(criterion, Leaf) and criterion.looks_back else "this criterion"
    )
    later, earlier = max(criterion.place, other.place), min(criterion.place, other.place)
    line = "on the same line" if earlier.line == later.line else f"on line {earlier.line}"
    return Finding(f"{what} is both asked for and taken away, the other {line}: nobody is left", later)


def _criteria(window: str) -> str:
    return (
        "audience: lapsed\n"
        "criteria:\n"
        "  all: [{ecommerce: {action: purchase, within: 30 days}}]\n"
        f"  exclude: [{{ecommerce: {{action: purchase, within: {window}}}}}]\n"
    )


CRITERIA_IN_AND_OUT = Rule(
    code="DEF-094",
    severity="warning",
    teaching=__doc__,
    fix="give one of them another window or value, or take it out",
    check=_check,
    example={"audiences/lapsed.yml": _criteria("30 days")},
    fixed={"audiences/lapsed.yml": _criteria("7 days")},
)
