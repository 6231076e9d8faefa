"""What holds of all criteria, whatever they ask (spec §4.1, §5): by the engine alone, over generated worlds."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.support.generated_audiences import Project, make_project
from tests.support.generated_criteria import WEIGHTS, Criteria
from tests.support.generated_opposites import opposites
from tests.support.pipeline import warehouse
from tests.support.project_files import write_landing, write_project
from tests.support.rewritten import renamed, rewritten
from tests.support.short_pipeline import members_at, run_models, take_in
from tests.support.world_past import before_as_of
from tests.support.worlds import make_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oracle.audiences import Members

pytestmark = pytest.mark.slow

SEEDS = range(100, 102)
AUDIENCES = 24
LATER = timedelta(days=3, microseconds=1)


@dataclass(frozen=True)
class Pair:
    """Two criteria, and every way to join them and their negatives: audience ids."""

    one: str
    other: str
    all_of: str
    any_of: str
    none_of: str
    without: str
    not_all: str
    any_not: str
    not_any: str
    all_not: str
    not_not: str


@dataclass
class Laws:
    """A world with the audiences that the laws are about, and their members by the engine."""

    project: Project
    opposites: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    found: dict[str, Members] = field(default_factory=dict)
    #: The same of the project alone: written anew, and at a later instant.
    found_rewritten: dict[str, Members] = field(default_factory=dict)
    found_later: dict[str, Members] = field(default_factory=dict)
    population: frozenset[int] = frozenset()
    named: list[dict[str, Any]] = field(default_factory=list)

    def members(self, audience_id: str) -> set[int]:
        return set(self.found[audience_id])

    def name(self, criteria: dict[str, Any]) -> str:
        """An audience of these criteria; its id."""
        audience_id = f"law_{len(self.named)}"
        self.named.append({"audience": audience_id, "criteria": criteria})
        return audience_id

    def join(self, one: dict[str, Any], other: dict[str, Any]) -> Pair:
        both, name = [one, other], self.name
        return Pair(
            one=name(one),
            other=name(other),
            all_of=name({"all": both}),
            any_of=name({"any": both}),
            none_of=name({"none": both}),
            without=name({"all": [one], "exclude": [other]}),
            not_all=name({"none": [{"all": both}]}),
            any_not=name({"any": [{"none": [one]}, {"none": [other]}]}),
            not_any=name({"none": [{"any": both}]}),
            all_not=name({"all": [{"none": [one]}, {"exclude": [other]}]}),
            not_not=name({"none": [{"none": [one]}]}),
        )


def _laws(seed: int) -> Laws:
    scene = before_as_of(make_scene(seed))
    project = make_project(seed, AUDIENCES, scene=scene)
    laws = Laws(project)
    criteria = Criteria(scene, f"laws {seed}")
    criteria.know(project.attributes, project.audiences, project.journeys)
    scope = criteria.oracle.scope({})
    for kind in WEIGHTS:
        positive, negative = opposites(criteria, kind, scope)
        laws.opposites.append((laws.name(positive), laws.name(negative)))
    kinds = [*WEIGHTS, *(["event"] if len(WEIGHTS) % 2 else [])]
    for one, other in zip(kinds[::2], kinds[1::2], strict=True):
        laws.pairs.append(laws.join(criteria.telling(one, scope), criteria.telling(other, scope)))
    for _ in range(4):
        laws.pairs.append(laws.join(criteria.tree(scope, 2), criteria.tree(scope, 2)))
    return laws


@pytest.fixture(scope="module", params=SEEDS)
def laws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Laws:
    laws = _laws(request.param)
    project, folder = laws.project, tmp_path_factory.mktemp(f"laws_{request.param}")
    world, as_of = project.scene.world, project.scene.as_of
    write_landing(folder / "data", world)
    whole = replace(project, audiences=[*project.audiences, *laws.named])
    anew = rewritten(project, Random(request.param))
    for name, written in (("whole", whole), ("anew", anew), ("alone", project)):
        write_project(folder / name, world, written.audiences, written.journeys, written.attributes)
    definitions = {name: take_in(folder / name, folder / "data") for name in ("whole", "anew", "alone")}
    laws.found = members_at(definitions["whole"], folder / "whole", folder / "data", as_of)
    laws.population = _population(warehouse(folder / "data"), project)
    laws.found_rewritten = run_models(definitions["anew"], folder / "anew", folder / "data", as_of)
    laws.found_later = members_at(definitions["alone"], folder / "alone", folder / "data", as_of + LATER)
    return laws


def _population(path: Path, project: Project) -> frozenset[int]:
    """Users with a profile that is not hidden, by the engine."""
    known = project.oracle().known
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        rows = connection.execute("select workspace, mpid from dim_profiles").fetchall()
    return frozenset(mpid for workspace, mpid in rows if (workspace, mpid) in known.profiles)


def test_a_criterion_and_its_negative_split_the_population(laws: Laws) -> None:
    assert len(laws.opposites) == len(WEIGHTS)
    for positive, negative in laws.opposites:
        assert laws.members(positive) & laws.members(negative) == set(), positive
        assert laws.members(positive) | laws.members(negative) == laws.population, positive
    telling = [
        positive for positive, _ in laws.opposites if 0 < len(laws.found[positive]) < len(laws.population)
    ]
    assert len(telling) > 0.7 * len(laws.opposites)


def test_all_any_none_and_exclude_are_sets(laws: Laws) -> None:
    for pair in laws.pairs:
        one, other = laws.members(pair.one), laws.members(pair.other)
        assert laws.members(pair.all_of) == one & other, pair
        assert laws.members(pair.any_of) == one | other, pair
        assert laws.members(pair.none_of) == laws.population - one - other, pair
        assert laws.members(pair.without) == one - other, pair


def test_one_more_criterion_shrinks_all_and_grows_any(laws: Laws) -> None:
    for pair in laws.pairs:
        assert laws.members(pair.all_of) <= laws.members(pair.one) <= laws.members(pair.any_of), pair


def test_the_negative_of_all_is_any_of_the_negatives_and_the_other_way_round(laws: Laws) -> None:
    for pair in laws.pairs:
        assert laws.members(pair.not_all) == laws.members(pair.any_not), pair
        assert laws.members(pair.not_any) == laws.members(pair.all_not) == laws.members(pair.none_of), pair


def test_the_negative_of_the_negative_is_the_criterion(laws: Laws) -> None:
    for pair in laws.pairs:
        assert laws.members(pair.not_not) == laws.members(pair.one), pair


def test_splits_are_disjoint_and_remaining_completes_them(laws: Laws) -> None:
    for journey in laws.project.journeys:
        stack = [(None, journey["milestones"])]
        while stack:
            parent, siblings = stack.pop()
            ids = [f"{journey['journey']}__{milestone['milestone']}" for milestone in siblings]
            sets = [laws.members(milestone_id) for milestone_id in ids]
            union = set().union(*sets)
            assert sum(map(len, sets)) == len(union)
            if parent is not None:
                assert union <= laws.members(parent)
                if siblings[-1].get("remaining"):
                    assert union == laws.members(parent)
            stack += [
                (own, below["next"]) for own, below in zip(ids, siblings, strict=True) if "next" in below
            ]


def test_names_and_the_order_of_keys_and_items_mean_nothing(laws: Laws) -> None:
    alone = {name: members for name, members in laws.found.items() if not name.startswith("law_")}
    assert {renamed(name): members for name, members in alone.items()} == laws.found_rewritten


def test_users_leave_by_time_alone(laws: Laws) -> None:
    project = laws.project
    now, later = project.oracle().all_members(), project.oracle(project.scene.as_of + LATER).all_members()
    assert {name: laws.found[name] for name in now} == now
    assert laws.found_later == later
    assert any(now[name].keys() - later[name].keys() for name in now)
