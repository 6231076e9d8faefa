"""Which criteria ask for users and which take them away, once the logic around them is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Criterion, Excluding, NoneOf

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Demand:
    """A criterion that has to hold; `is_negated`: that must not hold."""

    criterion: Criterion
    is_negated: bool


def polarities(criterion: Criterion, is_negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Every single criterion, and whether it takes users away as it stands: a negative one, or a positive one excluded."""
    if isinstance(criterion, Leaf):
        yield criterion, criterion.is_negative != is_negated
    else:
        for part in _parts(Demand(criterion, is_negated))[1]:
            yield from polarities(part.criterion, part.is_negated)


def conjunctions(criterion: Criterion) -> Iterator[tuple[Demand, ...]]:
    """What has to hold together: of the whole, and of each alternative in it. Leaves, and whole alternatives."""
    yield from _conjunctions(Demand(criterion, False))


def alternatives(criterion: Criterion) -> Iterator[tuple[Demand, ...]]:
    """Of each place where one of several has to hold, these."""
    for together in conjunctions(criterion):
        for demand in together:
            if not isinstance(demand.criterion, Leaf):
                yield tuple(_simplest(part) for part in _parts(demand)[1])


def _conjunctions(demand: Demand) -> Iterator[tuple[Demand, ...]]:
    together = tuple(_together(demand))
    yield together
    for each in together:
        if not isinstance(each.criterion, Leaf):
            for part in _parts(each)[1]:
                yield from _conjunctions(part)


def _simplest(demand: Demand) -> Demand:
    """The one thing that has to hold where it is one: `none` of a single criterion is that, negated."""
    together = tuple(_together(demand))
    return together[0] if len(together) == 1 else demand


def _together(demand: Demand) -> Iterator[Demand]:
    if isinstance(demand.criterion, Leaf):
        yield demand
        return
    are_joined, parts = _parts(demand)
    if not are_joined:
        yield demand
        return
    for part in parts:
        yield from _together(part)


def _parts(demand: Demand) -> tuple[bool, list[Demand]]:
    """What a criterion of logic joins, and whether all of it has to hold (else one of it)."""
    criterion, is_negated = demand.criterion, demand.is_negated
    match criterion:
        case AllOf() | AnyOf():
            parts = [Demand(item, is_negated) for item in criterion.items]
            are_joined = isinstance(criterion, AllOf) != is_negated
        case NoneOf():
            parts = [Demand(item, not is_negated) for item in criterion.items]
            are_joined = not is_negated
        case Excluding():
            removed = (Demand(item, not is_negated) for item in criterion.removed)
            parts = [Demand(criterion.kept, is_negated), *removed]
            are_joined = not is_negated
        case Leaf():
            return True, []
    return are_joined or len(parts) == 1, parts
