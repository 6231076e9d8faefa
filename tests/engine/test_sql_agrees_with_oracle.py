"""Two answers for every audience: the compiled SQL on DuckDB, and sets and loops over Python objects."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.support.agreement import member_differences, profile_differences, value_differences
from tests.support.edge_audiences import edge_audiences
from tests.support.generated_audiences import Project, complements, make_project
from tests.support.oracle.ingest import ingest
from tests.support.oracle.profiles import known_at
from tests.support.pipeline import run_pipeline, warehouse
from tests.support.project_files import write_landing, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oracle.audiences import Members

pytestmark = pytest.mark.slow

SEEDS = range(5)
AUDIENCES = 40
PAIRS = 10


@dataclass(frozen=True)
class Answers:
    """One generated project, evaluated by the engine."""

    project: Project
    pairs: list[tuple[str, str]]
    found: dict[str, Members]
    warehouse: Path

    @cached_property
    def expected(self) -> dict[str, Members]:
        return self.project.oracle().all_members()

    def population(self) -> set[int]:
        """Users with a profile that is not hidden, by the engine."""
        oracle = self.project.oracle()
        with closing(duckdb.connect(str(self.warehouse), read_only=True)) as connection:
            rows = connection.execute("select workspace, mpid from dim_profiles").fetchall()
        return {mpid for workspace, mpid in rows if (workspace, mpid) in oracle.known.profiles}


@pytest.fixture(scope="module", params=SEEDS)
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    project = make_project(request.param, AUDIENCES)
    pairs = complements(project, request.param, PAIRS)
    project.audiences.extend(edge_audiences(project.scene.as_of))
    folder = tmp_path_factory.mktemp(f"seed_{request.param}")
    write_project(
        folder / "project", project.scene.world, project.audiences, project.journeys, project.attributes
    )
    write_landing(folder / "data", project.scene.world)
    found = run_pipeline(folder / "project", folder / "data", project.scene.as_of)
    return Answers(project, pairs, found, warehouse(folder / "data"))


def test_members_and_variants_are_equal(answers: Answers) -> None:
    assert len(answers.found) > AUDIENCES
    assert member_differences(answers.expected, answers.found) == {}


def test_profiles_are_equal(answers: Answers) -> None:
    scene = answers.project.scene
    settings = {**scene.world.settings, "profile_lifetime": "unlimited"}
    known = known_at(ingest(scene.world), settings, scene.as_of)
    assert profile_differences(known, answers.warehouse) == {}


def test_calculated_attributes_are_equal(answers: Answers) -> None:
    expected = answers.project.all_values()
    assert sum(map(len, expected.values())) > 10 * len(expected)
    assert value_differences(expected, answers.warehouse) == {}


def test_criterion_and_its_negative_split_the_population(answers: Answers) -> None:
    population = answers.population()
    for positive, negative in answers.pairs:
        holds, fails = set(answers.found[positive]), set(answers.found[negative])
        assert holds & fails == set(), positive
        assert holds | fails == population, positive


def test_splits_are_disjoint_and_remaining_completes_them(answers: Answers) -> None:
    for journey in answers.project.journeys:
        stack = [(None, journey["milestones"])]
        while stack:
            parent, siblings = stack.pop()
            ids = [f"{journey['journey']}__{milestone['milestone']}" for milestone in siblings]
            sets = [set(answers.found[milestone_id]) for milestone_id in ids]
            union = set().union(*sets)
            assert sum(map(len, sets)) == len(union)
            if parent is not None:
                assert union <= set(answers.found[parent])
                if siblings[-1].get("remaining"):
                    assert union == set(answers.found[parent])
            stack += [
                (own, below["next"]) for own, below in zip(ids, siblings, strict=True) if "next" in below
            ]


def test_generated_audiences_tell_users_apart(answers: Answers) -> None:
    everyone = len(answers.population())
    telling = [members for members in answers.expected.values() if 0 < len(members) < everyone]
    assert len(telling) > 0.7 * len(answers.expected)
