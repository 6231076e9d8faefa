"""For whom each criterion of an audience holds, over all users that a workbench has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Criterion, Excluding, NoneOf, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.audiences.workbench import Workbench
    from transforms.criteria.scope import Scope


@dataclass(frozen=True)
class Truth:
    """A criterion with the users of the population for whom it holds, and the criteria that it joins, in order."""

    criterion: Criterion
    holders: frozenset[int]
    below: tuple[Truth, ...]

    def all(self) -> Iterator[Truth]:
        """This one and every one below it, as written."""
        yield self
        for truth in self.below:
            yield from truth.all()


def truths(workbench: Workbench, criterion: Criterion, scope: Scope) -> Truth:
    """The tree of a criterion: one query for each leaf, and sets of users for what joins them (spec §4.1)."""
    return _truth(workbench, criterion, scope, workbench.population(scope))


def _truth(workbench: Workbench, criterion: Criterion, scope: Scope, population: frozenset[int]) -> Truth:
    below = tuple(_truth(workbench, child, scope, population) for child in children(criterion))
    sets = [truth.holders for truth in below]
    match criterion:
        case AllOf():
            holders = population.intersection(*sets)
        case AnyOf():
            holders = population.intersection(frozenset().union(*sets))
        case NoneOf():
            holders = population.difference(*sets)
        case Excluding():
            holders = sets[0].difference(*sets[1:])
        case Leaf():
            holders = workbench.holders(criterion, scope)
        case _:
            assert_never(criterion)
    return Truth(criterion, holders, below)
