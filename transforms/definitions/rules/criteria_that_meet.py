"""Criteria that have to hold together ask of one value what no value has.

A user has one plan, one number of purchases, one first day. Two criteria below `all`, or one of them below
`exclude`, that leave no value for it hold for nobody together. It is legal, and never meant.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.criteria.leaf import Leaf
from transforms.criteria.meaning import meaning
from transforms.criteria.polarity import conjunctions
from transforms.criteria.possible import impossible
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.polarity import Demand
    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience, criteria in whole.understood:
        for together in conjunctions(criteria):
            by_value: dict[Hashable, list[ComparedValue]] = defaultdict(list)
            for key, value in _single_values(together, audience):
                by_value[key].append(value)
            for values in by_value.values():
                yield from _found(values)


def _single_values(
    together: tuple[Demand, ...], audience: Audience
) -> Iterator[tuple[Hashable, ComparedValue]]:
    for demand in together:
        leaf = demand.criterion
        if not isinstance(leaf, Leaf):
            continue
        for value in leaf.compared:
            one = value.one_value
            if one is None or not value.comparisons:
                continue
            workspace = one.workspace
            if one.is_per_workspace and workspace is None:
                if len(audience.workspaces) != 1:
                    continue
                workspace = audience.workspaces[0]
            if not demand.is_negated:
                yield (one.key, workspace), value
            elif len(value.comparisons) == 1 and _is_alone(value, leaf):
                turned = replace(value.comparisons[0], is_negative=not value.comparisons[0].is_negative)
                yield (one.key, workspace), replace(value, comparisons=(turned,))


def _is_alone(value: ComparedValue, leaf: Leaf) -> bool:
    """Whether the criterion fails where this value fails: of several it only says that one of them does."""
    return sum(other.source == value.source for other in leaf.compared) == 1


def _found(values: list[ComparedValue]) -> Iterator[Finding]:
    """At most one pair; what one of them can't meet alone, and what is the same turned round, other rules tell of."""
    alone = [value for value in values if not impossible(value)]
    for position, later in enumerate(alone):
        for earlier in alone[:position]:
            both = replace(later, comparisons=(*earlier.comparisons, *later.comparisons))
            if impossible(both) and not _is_complement(earlier, later):
                line = (
                    f"line {earlier.place.line}"
                    if earlier.place.line != later.place.line
                    else "the same line"
                )
                yield Finding(
                    f"what is asked of `{later.name}` here and on {line} excludes each other: nobody has both",
                    later.place,
                )
                return


def _is_complement(earlier: ComparedValue, later: ComparedValue) -> bool:
    if len(earlier.comparisons) != 1 or len(later.comparisons) != 1:
        return False
    first, second = earlier.comparisons[0], later.comparisons[0]
    turned = replace(second, is_negative=not second.is_negative)
    return meaning(first) == meaning(turned) and first.key == second.key


CRITERIA_THAT_MEET = Rule(
    code="DEF-091",
    severity="warning",
    teaching=__doc__,
    fix="write them below `any` if either will do, or take one of them out",
    check=_check,
    example={
        "audiences/subscribers.yml": (
            "audience: subscribers\n"
            "criteria:\n"
            "  all:\n"
            "    - user: {attribute: plan, exact: free}\n"
            "    - user: {attribute: plan, exact: pro}\n"
        )
    },
    fixed={
        "audiences/subscribers.yml": (
            "audience: subscribers\n"
            "criteria:\n"
            "  any:\n"
            "    - user: {attribute: plan, exact: free}\n"
            "    - user: {attribute: plan, exact: pro}\n"
        )
    },
)
