"""Two answers for every audience: the compiled SQL on DuckDB, and sets and loops over Python objects.

The audiences of one world are models that dbt runs. Those of the others, with more of them, are run as dbt would.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from tests.support.agreement import member_differences, profile_differences, value_differences
from tests.support.edge_audiences import edge_audiences
from tests.support.generated_audiences import Project, make_project
from tests.support.oracle.ingest import ingest
from tests.support.oracle.profiles import known_at
from tests.support.pipeline import run_pipeline, warehouse
from tests.support.project_files import write_landing, write_project
from tests.support.short_pipeline import members_at, take_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oracle.audiences import Members

pytestmark = pytest.mark.slow

#: Seed → audiences drawn. In the worlds without dbt come the edges that are the same for every world.
BY_DBT = {0: 40}
SHORT = {1: 120, 2: 120, 3: 120}


@dataclass(frozen=True)
class Answers:
    """One generated project, evaluated by the engine."""

    project: Project
    found: dict[str, Members]
    warehouse: Path

    @cached_property
    def expected(self) -> dict[str, Members]:
        return self.project.oracle().all_members()


@pytest.fixture(scope="module", params=[*BY_DBT, *SHORT])
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    seed = request.param
    project = make_project(seed, (BY_DBT | SHORT)[seed])
    root = tmp_path_factory.mktemp(f"seed_{seed}")
    folder, data = root / "project", root / "data"
    as_of = project.scene.as_of
    if seed in SHORT:
        project.audiences.extend(edge_audiences(as_of))
    write_project(folder, project.scene.world, project.audiences, project.journeys, project.attributes)
    write_landing(data, project.scene.world)
    if seed in BY_DBT:
        found = run_pipeline(folder, data, as_of)
    else:
        found = members_at(take_in(folder, data), folder, data, as_of)
    return Answers(project, found, warehouse(data))


def test_members_and_variants_are_equal(answers: Answers) -> None:
    assert len(answers.found) >= 40
    assert member_differences(answers.expected, answers.found) == {}


def test_profiles_are_equal(answers: Answers) -> None:
    scene = answers.project.scene
    settings = {**scene.world.settings, "profile_lifetime": "unlimited"}
    known = known_at(ingest(scene.world), settings, scene.as_of)
    assert profile_differences(known, answers.warehouse) == {}


def test_calculated_attributes_are_equal(answers: Answers) -> None:
    expected = answers.project.all_values()
    assert sum(map(len, expected.values())) > 5 * len(expected)
    assert value_differences(expected, answers.warehouse) == {}


def test_generated_audiences_tell_users_apart(answers: Answers) -> None:
    oracle = answers.project.oracle()
    drawn = [name for name in answers.expected if not name.startswith("edge_")]
    everyone = {name: len(oracle.scope(oracle.definition(name)).population()) for name in drawn}
    telling = [name for name in drawn if 0 < len(answers.expected[name]) < everyone[name]]
    assert len(telling) >= 0.8 * len(drawn)
