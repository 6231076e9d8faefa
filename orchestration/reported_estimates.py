"""Everything of a report that is estimated: sizes that no run calculated, single criteria, splits that both match."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from exports.report.records import Shared
from orchestration.estimating import instant_of_estimates, models_of_run, opened_sets
from transforms.audiences.estimates import estimated_audiences, estimated_size, unready_audiences
from transforms.audiences.sampled_sets import in_all
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.estimates import EstimatedAudience, RealSize, Size
    from transforms.audiences.generations import Generation
    from transforms.audiences.sample import Sample
    from transforms.audiences.sampled_sets import SampledSets, Told
    from transforms.definitions.records import Definitions


@dataclass(frozen=True)
class Estimates:
    """`audiences` by id, with the sizes of their criteria; `populations` by journey; `siblings` by milestone.

    `instant` is None where nothing could be asked: `problem` says why, and all else is empty.
    """

    instant: datetime | None
    problem: Problem | None = None
    users: int = 0
    sampled: int = 0
    audiences: Mapping[str, EstimatedAudience] = field(default_factory=dict)
    populations: Mapping[str, Size] = field(default_factory=dict)
    siblings: Mapping[str, tuple[Shared, ...]] = field(default_factory=dict)


def estimates(
    settings: Settings,
    definitions: Definitions,
    generation: Generation | None,
    calculated: Mapping[str, RealSize],
    unconfigured: Iterable[Problem],
    say: Callable[[str], None],
) -> Estimates:
    """Estimates of all audiences but the `calculated` ones, and of every criterion, identities hidden."""
    instant = instant_of_estimates(settings, generation)
    if instant is None:
        return Estimates(None, _NOTHING_INGESTED)
    known = {**calculated, **unready_audiences(definitions, unconfigured)}
    models = models_of_run(definitions, generation, instant)
    try:
        with opened_sets(settings, definitions, generation, instant, say, models) as (sets, sample):
            found = estimated_audiences(
                sets, definitions, sample, definitions.audiences, known, is_masked=True
            )
            ready = {one.audience.id for one in found if not isinstance(known.get(one.audience.id), Problem)}
            return Estimates(
                instant,
                users=sample.users,
                sampled=sample.sampled,
                audiences={one.audience.id: one for one in found},
                populations=dict(_populations(definitions, sets, sample, ready)),
                siblings=_siblings(definitions, sets, sample, ready),
            )
    except UserError as error:
        return Estimates(None, error.problems[0])


_NOTHING_INGESTED = Problem("nothing-ingested", "nothing was ingested yet", hint="run `milepost ingest`")


def _populations(
    definitions: Definitions, sets: SampledSets, sample: Sample, ready: set[str]
) -> Iterator[tuple[str, Size]]:
    for journey in definitions.journeys:
        first = next((one for one in journey.milestones if one in ready), None)
        if first is not None:
            yield journey.id, estimated_size(sets.population(definitions.audience(first)), sample)


def _siblings(
    definitions: Definitions, sets: SampledSets, sample: Sample, ready: set[str]
) -> dict[str, tuple[Shared, ...]]:
    """Of each two splits with criteria how many of their parent's members both could hold, in both orders."""
    matching: dict[tuple[str, str | None], dict[str, Told]] = {}
    for journey in definitions.journeys:
        for milestone in map(definitions.audience, journey.milestones):
            tree = sets.criteria(milestone) if milestone.id in ready else None
            if tree is not None:
                above = milestone.parent
                base = (
                    sets.population(milestone) if above is None else sets.members(definitions.audience(above))
                )
                splits = matching.setdefault((journey.id, above), {})
                splits[milestone.id] = in_all([base, tree.holders])
    found: dict[str, list[Shared]] = {}
    for splits in matching.values():
        for first, second in combinations(splits, 2):
            size = estimated_size(in_all([splits[first], splits[second]]), sample)
            found.setdefault(first, []).append(Shared(second, size, None))
            found.setdefault(second, []).append(Shared(first, size, None))
    return {milestone: tuple(shared) for milestone, shared in found.items()}
