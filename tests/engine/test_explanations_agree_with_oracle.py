"""Explanations of generated audiences: the verdict is the membership, and each criterion is what the oracle says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.edge_audiences import edge_audiences
from tests.support.generated_audiences import Project, make_project
from tests.support.oracle.criteria import evaluate
from tests.support.pipeline import publish_pipeline
from tests.support.project_files import write_landing, write_project
from transforms.audiences.explanation import explain
from transforms.audiences.stored import members
from transforms.audiences.truths import Truth, truths
from transforms.audiences.verdicts import Verdicts
from transforms.audiences.workbench import Workbench
from transforms.compiler.assemble import scope_of
from transforms.criteria.events.event_criterion import EventCriterion
from transforms.criteria.events.windows import WINDOW_NAMES
from transforms.criteria.language import leaves
from transforms.criteria.operators.numbers import holds_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.oracle.audiences import Members
    from tests.support.oracle.criteria import Scope as OracleScope
    from transforms.audiences.explanation import ExplainedCriterion
    from transforms.audiences.generations import Generation
    from transforms.criteria.language import Criterion
    from transforms.definitions.records import Audience, Definitions

pytestmark = pytest.mark.slow

SEED, SOAKED = 0, (1, 2)
AUDIENCES = 15
#: About so many users are looked at one by one; every EXPLAINED-th audience is explained to each.
USERS = 2
EXPLAINED = 4


@dataclass(frozen=True)
class World:
    """One generated project that was run and published."""

    project: Project
    definitions: Definitions
    generation: Generation
    data: Path

    @cached_property
    def expected(self) -> dict[str, Members]:
        return self.project.oracle().all_members()

    @cached_property
    def trees(self) -> dict[str, Truth]:
        """For whom each criterion holds, over the whole lake."""
        with self.workbench() as workbench:
            return {audience.id: self.tree(workbench, audience) for audience in self.with_criteria()}

    def tree(self, workbench: Workbench, audience: Audience) -> Truth:
        assert audience.criteria is not None
        return truths(workbench, audience.criteria, scope_of(audience, self.definitions.project))

    def with_criteria(self) -> list[Audience]:
        return [audience for audience in self.definitions.audiences if audience.criteria is not None]

    def workbench(self, mpid: int | None = None) -> Workbench:
        as_of = self.project.scene.as_of
        models = self.generation.models(as_of)
        spill = self.data / "spill"
        return Workbench(
            self.definitions,
            models,
            as_of,
            self.data / "lake",
            spill,
            by_hand={},
            stored=self.generation.stored,
            mpid=mpid,
        )

    def verdicts(self, workbench: Workbench, mpid: int) -> Verdicts:
        as_of = self.project.scene.as_of
        return Verdicts(self.generation, as_of, mpid, self.data / "spill", workbench)

    def users(self) -> list[int]:
        """Some users, spread over all mpids, and one of whom nothing is known."""
        known = sorted({mpid for _, mpid in self.project.oracle().known.profiles})
        return [*known[:: max(1, len(known) // USERS)], 10**17]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(SEED, tmp_path_factory.mktemp("explained"))


def make_world(seed: int, folder: Path) -> World:
    project = make_project(seed, AUDIENCES)
    project.audiences.extend(edge_audiences(project.scene.as_of))
    world = project.scene.world
    write_project(folder / "project", world, project.audiences, project.journeys, project.attributes)
    write_landing(folder / "data", world)
    definitions, generation = publish_pipeline(folder / "project", folder / "data", project.scene.as_of)
    return World(project, definitions, generation, folder / "data")


def test_a_run_would_give_what_is_stored_for_every_user(world: World) -> None:
    expected = world.expected
    as_of = world.project.scene.as_of
    with world.workbench() as workbench:
        for audience in world.definitions.audiences:
            stored = set(members(world.generation, as_of, audience.id, world.data / "spill"))
            assert stored == set(expected[audience.id])
            assert workbench.members(audience.id) == expected[audience.id]


def test_every_criterion_holds_for_whom_the_oracle_says(world: World) -> None:
    oracle = world.project.oracle()
    written = {one["audience"]: (one, oracle.scope(one)) for one in world.project.audiences}
    written |= dict(_milestones(world.project))
    compared = 0
    for audience_id, found in world.trees.items():
        definition, scope = written[audience_id]
        assert_same(found, definition["criteria"], scope)
        compared += sum(1 for _ in found.all())
    assert compared > 150


def test_the_tree_with_its_path_gives_the_membership(world: World) -> None:
    stored = {name: set(found) for name, found in world.expected.items()}
    for audience in world.with_criteria():
        holders = world.trees[audience.id].holders
        above = holders if audience.parent is None else stored[audience.parent]
        taken = [stored[sibling] for sibling in audience.earlier_siblings]
        assert (above & holders).difference(*taken) == stored[audience.id], audience.id


def test_the_lake_of_one_user_gives_what_the_whole_lake_gives(world: World) -> None:
    expected = world.expected
    for place, mpid in enumerate(world.users()):
        with world.workbench(mpid) as workbench:
            for audience in world.definitions.audiences:
                found = workbench.members(audience.id)
                assert (mpid in found) == (mpid in expected[audience.id]), audience.id
                assert found.get(mpid) == expected[audience.id].get(mpid), audience.id
            for audience in world.with_criteria()[place::EXPLAINED]:
                tree = world.tree(workbench, audience)
                for alone, among_all in zip(tree.all(), world.trees[audience.id].all(), strict=True):
                    assert (mpid in alone.holders) == (mpid in among_all.holders), audience.id


def test_explanations_say_the_membership_and_amounts_that_decide(world: World) -> None:
    told = sum(
        check_explanations(world, mpid, world.definitions.audiences[place::EXPLAINED])
        for place, mpid in enumerate(world.users())
    )
    assert told > 20


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAKED)
def test_every_audience_is_explained_to_every_user(seed: int, tmp_path: Path) -> None:
    world = make_world(seed, tmp_path)
    for mpid in {mpid for _, mpid in world.project.oracle().known.profiles}:
        check_explanations(world, mpid, world.definitions.audiences)


def check_explanations(world: World, mpid: int, audiences: tuple[Audience, ...]) -> int:
    """Explain audiences to a user, over the lake of that user alone; how many amounts were compared."""
    told = 0
    with world.workbench(mpid) as workbench:
        verdicts = world.verdicts(workbench, mpid)
        for audience in audiences:
            members_of = world.expected[audience.id]
            found = explain(workbench, world.definitions, verdicts, audience, shown=3)
            assert found.verdict.is_calculated
            assert not found.is_overtaken
            assert not found.is_redefined
            assert found.verdict.is_member == (mpid in members_of)
            assert found.verdict.variant == members_of.get(mpid)
            assert (found.since is not None) == found.verdict.is_member
            if found.criteria is not None and audience.criteria is not None:
                told += _check_amounts(audience.criteria, found.criteria)
            for step in found.path:
                assert step.is_member == (mpid in world.expected[step.audience_id])
                assert step.taken_by is None or mpid in world.expected[step.taken_by]
    return told


def assert_same(truth: Truth, criteria: dict[str, Any], scope: OracleScope) -> None:
    """Each criterion below a mapping, in the shape in which a mapping is read (spec §4.1)."""
    assert truth.holders == evaluate(criteria, scope), criteria
    removed = criteria.get("exclude", [])
    parts = list(_parts(criteria))
    if not parts:
        for below, item in zip(truth.below, removed, strict=True):
            assert_same(below, item, scope)
        return
    kept = truth
    if removed:
        kept, *excluded = truth.below
        assert kept.holders == evaluate({key: criteria[key] for part in parts for key in part}, scope)
        for below, item in zip(excluded, removed, strict=True):
            assert_same(below, item, scope)
    for below, part in zip((kept,) if len(parts) == 1 else kept.below, parts, strict=True):
        assert below.holders == evaluate(part, scope), part
        for key in part.keys() & {"all", "any", "none"}:
            for each, item in zip(below.below, part[key], strict=True):
                assert_same(each, item, scope)


def _parts(criteria: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each criterion of a mapping but `exclude`; the window of a sequence stands beside it."""
    for key, value in criteria.items():
        if key == "sequence":
            yield {key: value} | {name: criteria[name] for name in WINDOW_NAMES if name in criteria}
        elif key != "exclude" and key not in WINDOW_NAMES:
            yield {key: value}


def _milestones(project: Project) -> Iterator[tuple[str, tuple[dict[str, Any], OracleScope]]]:
    oracle = project.oracle()
    for journey in project.journeys:
        scope = {key: journey[key] for key in ("inputs", "workspaces", "lookback") if key in journey}
        waiting = list(journey["milestones"])
        while waiting:
            milestone = waiting.pop()
            waiting += milestone.get("next", [])
            whole = {**scope, **milestone}
            yield f"{journey['journey']}__{milestone['milestone']}", (whole, oracle.scope(whole))


def _check_amounts(criteria: Criterion, explained: ExplainedCriterion) -> int:
    """Whether each amount that is told decides as its criterion does, and counts are those of the rows."""
    checked = 0
    for leaf, told in zip(leaves(criteria), _leaves(explained), strict=True):
        if not isinstance(leaf, EventCriterion):
            continue
        assert told.compared is not None
        value = told.compared.value
        if value is not None and leaf.amount.function != "average":
            decides = all(
                holds_for(value, comparison.operator, comparison.operand) != comparison.is_negative
                for comparison in leaf.amount.comparisons
            )
            assert decides == told.holds, (told.lines, value)
        if leaf.amount.function == "count":
            assert told.evidence is not None
            assert told.evidence.count == value
        checked += 1
    return checked


def _leaves(explained: ExplainedCriterion) -> Iterator[ExplainedCriterion]:
    if explained.join is None:
        yield explained
    for below in explained.below:
        yield from _leaves(below)
