"""Opens what estimates are made of: the sample of users, with the project's models over it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.project_models import project_models
from transforms.audiences.sample import opened_sample
from transforms.audiences.sampled_sets import SampledSets
from transforms.audiences.workbench import Workbench, stored_members
from transforms.compiler.emit import ejected_audiences
from transforms.criteria.language import named_models
from transforms.ingest.ledger import ended_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.audiences.run_models import RunModels
    from transforms.audiences.sample import Sample
    from transforms.audiences.workbench import StoredMembers
    from transforms.definitions.records import Definitions


def instant_of_estimates(settings: Settings, generation: Generation | None) -> datetime | None:
    """The newest stored as_of, so that sizes that were calculated and those of their criteria are of one instant; else
    the end of the last ingest. None before the first.
    """
    calculated_at = None if generation is None else generation.newest
    return calculated_at or ended_at(settings.data)


def models_of_run(
    definitions: Definitions, generation: Generation | None, as_of: datetime
) -> RunModels | None:
    """The models by which a stored as_of was computed, so that dbt need not compile the project's again (3 s).

    None where they were not kept, or a model is missing that a criterion names: no audience of the run read it.
    """
    if generation is None or not generation.has_models(as_of):
        return None
    found = generation.models(as_of)
    criteria = (audience.criteria for audience in definitions.audiences if audience.criteria is not None)
    named = (model.name for one in criteria for model in named_models(one))
    return found if all(found.model(name) is not None for name in named) else None


@contextmanager
def opened_sets(
    settings: Settings,
    definitions: Definitions,
    generation: Generation | None,
    as_of: datetime,
    say: Callable[[str], None],
    models: RunModels | None = None,
) -> Iterator[tuple[SampledSets, Sample]]:
    """The sets of sampled users at an instant, by the project's models unless others are given. `say` is told where dbt
    has to compile those first.

    UserError (exit status 1) where nothing was ingested, or dbt can't read the project.
    """
    models = models or project_models(settings, definitions.project, as_of, say)
    with (
        opened_sample(settings.data, models, as_of) as sample,
        Workbench(
            definitions,
            models,
            as_of,
            settings.lake,
            settings.data / ".spill",
            by_hand=_by_hand(settings, definitions, generation, as_of),
            stored={} if generation is None else generation.stored,
            sample=sample,
        ) as workbench,
    ):
        yield SampledSets(workbench, definitions, sample), sample


def _by_hand(
    settings: Settings, definitions: Definitions, generation: Generation | None, as_of: datetime
) -> dict[str, StoredMembers | None]:
    """Audiences whose SQL an analyst writes, with what is stored for the instant, else for the newest before."""
    ejected = ejected_audiences(settings.project)
    before = [one for one in generation.stored if one <= as_of] if generation is not None else []
    if generation is None or not before:
        return dict.fromkeys(ejected)
    return stored_members(definitions, generation, max(before), ejected)
