"""Sizes of audiences, milestones and single criteria, from a sample of users (spec §7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from transforms.audiences.activation import needed_by, with_needed
from transforms.audiences.intervals import Estimate, estimate
from transforms.audiences.redefined import redefined
from transforms.compiler.assemble import scope_of
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Excluding, NoneOf
from transforms.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from transforms.audiences.explanation import Join
    from transforms.audiences.generations import Generation
    from transforms.audiences.redefined import DefinitionHashes
    from transforms.audiences.sample import Sample
    from transforms.audiences.sampled_sets import SampledCriterion, SampledSets, Told
    from transforms.criteria.scope import Scope
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class RealSize:
    """Members that a run counted at an instant."""

    value: int
    as_of: datetime


#: A size, or why there is none: something technical, that is shown as `⚠`.
Size = RealSize | Estimate | Problem


@dataclass(frozen=True)
class EstimatedCriterion:
    """A criterion with how many users of the population it holds for: a kind, in plain `lines`, or a `join` of those
    `below`. `exclude`, which stands beside others, has a size for each of those below it and none of its own.
    """

    size: Estimate | Problem | None
    join: Join | None = None
    below: tuple[EstimatedCriterion, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class EstimatedAudience:
    """An audience or milestone with its size and that of each of its criteria, None for a remaining one."""

    audience: Audience
    size: Size
    criteria: EstimatedCriterion | None


def real_sizes(
    audiences: Iterable[Audience],
    definitions: Definitions,
    hashes: DefinitionHashes,
    generation: Generation | None,
    as_of: datetime | None,
) -> dict[str, RealSize]:
    """The sizes of these audiences that were calculated by the definitions as they are now, by id; those of all that
    they read included. `hashes` are those of `definitions`.

    They are those of the newest stored instant, or of `as_of` where that is stored.
    """
    read_at = generation.newest if generation is not None and as_of is None else as_of
    if generation is None or read_at is None or read_at not in generation.stored:
        return {}
    calculated = generation.calculated(read_at)
    sizes = {row.audience_id: row.size for row in generation.figures if row.as_of == read_at}
    changed = redefined(definitions, hashes, calculated)
    found: dict[str, RealSize] = {}
    for audience in audiences:
        stored = audience.stored_as(sizes)
        if stored is not None and not changed[audience.id]:
            found[audience.id] = RealSize(sizes[stored], read_at)
    return found


def unready_audiences(definitions: Definitions, unconfigured: Iterable[Problem]) -> dict[str, Problem]:
    """The audiences that can't be estimated since a file that defines them names an input that is not configured, and
    all that read them, by id.
    """
    files = {problem.place.file: problem for problem in unconfigured if problem.place is not None}
    found: dict[str, Problem] = {}
    for audience in map(
        definitions.audience, with_needed(definitions, (one.id for one in definitions.audiences))
    ):
        read = (found[needed] for needed in needed_by(audience) if needed in found)
        problem = files.get(audience.place.file) or next(read, None)
        if problem is not None:
            found[audience.id] = problem
    return found


def estimated_size(told: Told, sample: Sample) -> Estimate | Problem:
    """How many users there are of whom a sample's are these; where that can't be told, why."""
    return told if isinstance(told, Problem) else estimate(int(told.sum()), sample.sampled, sample.users)


def estimated_audiences(
    sets: SampledSets,
    definitions: Definitions,
    sample: Sample,
    audiences: Iterable[Audience],
    known: Mapping[str, RealSize | Problem],
    *,
    is_masked: bool = False,
) -> tuple[EstimatedAudience, ...]:
    """Each audience with its size: what is `known` of it, else an estimate. Where a problem is, its criteria are not
    looked at. `is_masked`: the words of criteria hide the identities that they name.
    """

    def sized(told: Told) -> Estimate | Problem:
        return estimated_size(told, sample)

    found: list[EstimatedAudience] = []
    for audience in audiences:
        size: Size = known[audience.id] if audience.id in known else sized(sets.members(audience))
        if audience.id in known and isinstance(size, Problem):
            found.append(EstimatedAudience(audience, size, None))
            continue
        tree = sets.criteria(audience)
        scope = scope_of(audience, definitions.project)

        def said(leaf: Leaf, scope: Scope = scope) -> tuple[str, ...]:
            return (leaf.masked if is_masked else leaf).explanation(scope)

        found.append(
            EstimatedAudience(audience, size, None if tree is None else _criterion(tree, said, sized))
        )
    return tuple(found)


def _criterion(
    found: SampledCriterion,
    said: Callable[[Leaf], tuple[str, ...]],
    sized: Callable[[Told], Estimate | Problem],
) -> EstimatedCriterion:
    below = tuple(_criterion(one, said, sized) for one in found.below)
    size = sized(found.holders)
    match found.criterion:
        case AllOf():
            return EstimatedCriterion(size, "all", below)
        case AnyOf():
            return EstimatedCriterion(size, "any", below)
        case NoneOf():
            return EstimatedCriterion(size, "none", below)
        case Excluding():
            kept, *removed = below
            items = kept.below if kept.join == "all" else (kept,)
            return EstimatedCriterion(
                size, "all", (*items, EstimatedCriterion(None, "exclude", tuple(removed)))
            )
        case Leaf() as leaf:
            return EstimatedCriterion(size, lines=said(leaf))
    assert_never(found.criterion)
