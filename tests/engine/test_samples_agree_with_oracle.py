"""Sets over a sample are those over everybody, cut to its users: for every audience, milestone and criterion."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from orchestration.project_models import project_models
from orchestration.settings import Settings
from tests.support.command import answer
from tests.support.generated_audiences import Project, make_project
from tests.support.oracle.criteria import evaluate
from tests.support.pipeline import add_scaffold, ingest_landing
from tests.support.project_files import write_landing, write_project
from transforms.audiences.activation import needed_lists
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import ensure
from transforms.audiences.sample import Sample, opened_sample
from transforms.audiences.sampled_sets import SampledCriterion, SampledSets
from transforms.audiences.workbench import Workbench
from transforms.definitions.load import load_definitions
from transforms.errors import Problem
from transforms.ingest import sample as ingest_sample
from transforms.ingest.landing import landing_files
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.run_models import RunModels
    from transforms.definitions.records import Definitions

pytestmark = pytest.mark.slow

SEEDS = (3, 4)
AUDIENCES = 30
INGESTS = 4
USERS = 12


@dataclass(frozen=True)
class World:
    """A generated project that landed in several ingests, each of which brought the sample up to date."""

    project: Project
    definitions: Definitions
    models: RunModels
    data: Path

    def sets(self, as_of: datetime) -> Iterator[tuple[Sample, SampledSets]]:
        with opened_sample(self.data, self.models, as_of) as sample:
            lake, spill = self.data / "lake", self.data / "spill"
            stored = ensure(open_store(self.data / "published")).stored
            with Workbench(
                self.definitions,
                self.models,
                as_of,
                lake,
                spill,
                by_hand={},
                stored=stored,
                sample=sample,
            ) as workbench:
                yield sample, SampledSets(workbench, self.definitions, sample)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("sampled")
    project = make_project(request.param, AUDIENCES)
    scene = project.scene.world
    write_project(folder / "project", scene, project.audiences, project.journeys, project.attributes)
    write_landing(folder / "data", scene)
    definitions = load_definitions(folder / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest_sample, "SAMPLED_USERS", USERS)
        land_in_parts(definitions, folder / "data")
        take_in_lists(folder / "project", folder / "data" / "lake", needed_lists(definitions))
        add_scaffold(folder / "project")
        settings = Settings(folder / "project", folder / "data")
        models = project_models(settings, definitions.project, project.scene.as_of, lambda _: None)
        yield World(project, definitions, models, folder / "data")


def land_in_parts(definitions: Definitions, data: Path) -> None:
    """Ingest the landing files a few at a time, in the order in which one ingest would take them."""
    ordered = [file.location for source in definitions.project.inputs for file in landing_files(source, data)]
    landing, aside = data / "landing", data / "aside"
    landing.rename(aside)
    for part in np.array_split(np.array(ordered, dtype=object), INGESTS):
        for location in part:
            target = landing / location.relative_to(landing)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(aside / location.relative_to(landing), target)
        ingest_landing(definitions.project, data)


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(days=3)])
def test_members_are_those_of_the_oracle_who_are_in_the_sample(world: World, earlier: timedelta) -> None:
    as_of = world.project.scene.as_of - earlier
    expected = world.project.oracle(as_of).all_members()
    told = 0
    for sample, sets in world.sets(as_of):
        assert 0 < sample.sampled == USERS < sample.users
        for audience in world.definitions.audiences:
            found = sets.members(audience)
            assert not isinstance(found, Problem), found
            sampled = {int(mpid) for mpid in sets.mpids}
            assert {int(one) for one in sets.mpids[found]} == sampled & set(expected[audience.id]), (
                audience.id
            )
            told += int(found.sum())
    assert told > 20


def test_each_criterion_is_that_of_everybody_cut_to_the_sample(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = world.project.scene.as_of
    with_criteria = [audience for audience in world.definitions.audiences if audience.criteria is not None]
    for _, sets in world.sets(as_of):
        few = [list(trees(sets.criteria(audience), sets)) for audience in with_criteria]
        sampled = {int(mpid) for mpid in sets.mpids}
    monkeypatch.setattr(ingest_sample, "SAMPLED_USERS", 10**6)
    for sample, sets in world.sets(as_of):
        assert sample.sampled == sample.users
        everybody = [list(trees(sets.criteria(audience), sets)) for audience in with_criteria]
    compared = 0
    for audience, some, every in zip(with_criteria, few, everybody, strict=True):
        for alone, among_all in zip(some, every, strict=True):
            assert alone == among_all & sampled, audience.id
            compared += 1
    assert compared > 50


def trees(found: SampledCriterion | None, sets: SampledSets) -> Iterator[set[int]]:
    assert found is not None
    assert not isinstance(found.holders, Problem), found.holders
    yield {int(mpid) for mpid in sets.mpids[found.holders]}
    for below in found.below:
        yield from trees(below, sets)


def test_the_command_gives_sizes_of_a_project_that_never_ran(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All users are looked at, so that sizes are exact: those of audiences, and of each criterion alone."""
    monkeypatch.setattr(ingest_sample, "SAMPLED_USERS", 200_000)
    oracle = world.project.oracle()
    given = answer(
        world.data.parent,
        capsys,
        "estimate",
        "--json",
        "--as-of",
        f"{world.project.scene.as_of.isoformat()}Z",
    )
    assert (given.status, given.err) == (0, "")
    assert given.json["users"] == given.json["sampled_users"]
    sizes = {one["id"]: one for one in given.json["audiences"]}
    for audience_id, members in oracle.all_members().items():
        assert (sizes[audience_id]["kind"], sizes[audience_id]["size"]) == ("exact", len(members)), (
            audience_id
        )
    for definition in world.project.audiences:
        whole = sizes[definition["audience"]]["criteria"]["size"]
        assert whole == len(evaluate(definition["criteria"], oracle.scope(definition)))
