"""How criteria are joined: sets, never unknown (spec §4.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.criteria.leaf import Leaf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.errors import Place


@dataclass(frozen=True)
class AllOf:
    """The intersection of its items, of which there is at least one."""

    items: tuple[Criterion, ...]
    place: Place


@dataclass(frozen=True)
class AnyOf:
    """The union of its items, of which there is at least one."""

    items: tuple[Criterion, ...]
    place: Place


@dataclass(frozen=True)
class NoneOf:
    """The population less the union of its items, of which there is at least one."""

    items: tuple[Criterion, ...]
    place: Place


@dataclass(frozen=True)
class Excluding:
    """What `kept` gives, less the union of `removed`, of which there is at least one."""

    kept: Criterion
    removed: tuple[Criterion, ...]
    place: Place


Criterion = AllOf | AnyOf | NoneOf | Excluding | Leaf


def children(criterion: Criterion) -> tuple[Criterion, ...]:
    """The criteria that `criterion` joins, in the order written; none for a leaf."""
    match criterion:
        case AllOf() | AnyOf() | NoneOf():
            return criterion.items
        case Excluding():
            return (criterion.kept, *criterion.removed)
        case Leaf():
            return ()


def leaves(criterion: Criterion) -> Iterator[Leaf]:
    """Every leaf in `criterion`, in the order written."""
    if isinstance(criterion, Leaf):
        yield criterion
    for child in children(criterion):
        yield from leaves(child)


def masked(criterion: Criterion) -> Criterion:
    """The same criteria with the identities that they name hidden (Leaf.masked): to be shown, never evaluated."""
    match criterion:
        case AllOf() | AnyOf() | NoneOf():
            return replace(criterion, items=tuple(map(masked, criterion.items)))
        case Excluding():
            return replace(
                criterion, kept=masked(criterion.kept), removed=tuple(map(masked, criterion.removed))
            )
        case Leaf():
            return criterion.masked
