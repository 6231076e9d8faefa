"""Alternatives are negatives of one value.

One of `not a` and `not b` holds for nearly everyone: who has a is not b. What is meant is most often neither of
the two, which `not_in` says of texts, and `all` of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.leaf import Leaf
from transforms.criteria.polarity import alternatives
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.polarity import Demand
    from transforms.definitions.rules.whole import Whole
    from transforms.errors import Place

_OF_USERS = ("user", "calculated", "identity", "device", "location", "attribution")
#: What `not_in` can say instead.
_TEXTS = ("exact", "in")


def _check(whole: Whole) -> Iterator[Finding]:
    for _, criteria in whole.understood:
        for either in alternatives(criteria):
            negatives: dict[Hashable, list[ComparedValue]] = {}
            for value in filter(None, map(_negative, either)):
                key = (value.source, value.name.lower()) if value.one_value is None else value.one_value.key
                negatives.setdefault(key, []).append(value)
            for values in negatives.values():
                if len(values) > 1:
                    yield _found(values, values[1].place)


def _negative(demand: Demand) -> ComparedValue | None:
    """The one value of a user that a negative is about."""
    leaf = demand.criterion
    if not isinstance(leaf, Leaf) or leaf.is_negative == demand.is_negated:
        return None
    return leaf.compared[0] if len(leaf.compared) == 1 and leaf.compared[0].source in _OF_USERS else None


def _found(values: list[ComparedValue], place: Place) -> Finding:
    are_texts = all(
        comparison.operator.name in _TEXTS for value in values for comparison in value.comparisons
    )
    is_field = values[0].source in ("device", "location", "attribution")
    instead = f"`{values[0].name}: {{not_in: […]}}`" if is_field else "`not_in: […]`"
    return Finding(
        f"one of {len(values)} negatives of `{values[0].name}` holds for nearly everyone",
        place,
        hint=f"for none of the values write one criterion with {instead}" if are_texts else "",
    )


ANY_OF_NEGATIVES = Rule(
    code="DEF-092",
    severity="warning",
    teaching=__doc__,
    fix="write them below `all` if none of them may hold",
    check=_check,
    example={
        "audiences/payers.yml": (
            "audience: payers\n"
            "criteria:\n"
            "  last_active: {within: 30 days}\n"
            "  any:\n"
            "    - user: {attribute: plan, not_exact: free}\n"
            "    - user: {attribute: plan, not_exact: trial}\n"
        )
    },
    fixed={
        "audiences/payers.yml": (
            "audience: payers\n"
            "criteria:\n"
            "  last_active: {within: 30 days}\n"
            "  user: {attribute: plan, not_in: [free, trial]}\n"
        )
    },
)
