"""Outcomes of A/B tests: every kind of criterion that looks at events, counted from each user's own assignment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from orchestration.project_models import project_models
from orchestration.settings import Settings
from tests.support.command import answer
from tests.support.generated_criteria import Criteria
from tests.support.generated_events import EVENT_KINDS
from tests.support.oracle.audiences import Oracle, variant_of
from tests.support.oracle.outcomes import with_outcome
from tests.support.pipeline import add_scaffold
from tests.support.project_files import document, write_landing, write_project
from tests.support.publications import publication
from tests.support.short_pipeline import take_in
from tests.support.worlds import make_scene
from transforms.audiences.assigned import Assigned
from transforms.audiences.generations import open_store
from transforms.audiences.outcomes import Outcomes
from transforms.audiences.publishing import publish
from transforms.audiences.workbench import Workbench
from transforms.definitions.outcomes import read_outcome
from transforms.definitions.records import AbTest
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.oracle.criteria import Scope
    from tests.support.worlds import Scene
    from transforms.audiences.run_models import RunModels
    from transforms.definitions.outcomes import Outcome
    from transforms.definitions.records import Definitions

pytestmark = pytest.mark.slow

KINDS = (*EVENT_KINDS, "cart_abandonment", "sequence")
SEED = 1
MICROSECOND = timedelta(microseconds=1)
EVERYONE = {"audience": "everyone", "criteria": {"last_seen": {"within": "900 days"}}}


@dataclass(frozen=True)
class Prepared:
    """A generated world that was taken in, with the models of a run at its as_of."""

    scene: Scene
    folder: Path
    definitions: Definitions
    models: RunModels
    scope: Scope

    @property
    def events(self) -> list[tuple[int, datetime]]:
        return [(mpid, event.at) for mpid, event in self.scope.known.events]


def prepare(seed: int, folder: Path) -> Prepared:
    scene = make_scene(seed)
    write_project(folder / "project", scene.world, [EVERYONE], [])
    write_landing(folder / "data", scene.world)
    definitions = take_in(folder / "project", folder / "data")
    add_scaffold(folder / "project")
    settings = Settings(folder / "project", folder / "data")
    models = project_models(settings, definitions.project, scene.as_of, lambda _: None)
    scope = Oracle(scene.world, [], [], scene.as_of).scope({"lookback": "unlimited"})
    return Prepared(scene, folder, definitions, models, scope)


def drawn(prepared: Prepared, seed: int, leaves: int, trees: int) -> Iterator[tuple[dict[str, Any], Outcome]]:
    """Generated outcomes, without what the rules refuse wherever it stands."""
    criteria = Criteria(prepared.scene, f"outcomes {seed}", KINDS)
    written = [criteria.telling(kind, prepared.scope) for kind in KINDS for _ in range(leaves)]
    written += [criteria.telling_tree(prepared.scope, 2) for _ in range(trees)]
    audience, project = prepared.definitions.audience("everyone"), prepared.definitions.project
    for one in written:
        with suppress(UserError):
            yield one, read_outcome(document(one), "outcome", audience, project)


def differences(prepared: Prepared, seed: int, *, leaves: int = 3, trees: int = 30) -> list[str]:
    """The outcomes on which engine and oracle differ, with the users: each is the only one of their variant."""
    entered = entries(Random(f"outcomes {seed}"), prepared.events)
    users = pa.table(
        {
            "mpid": pa.array(entered.keys(), pa.int64()),
            "variant": [str(mpid) for mpid in entered],
            "entered_at": pa.array(entered.values(), pa.timestamp("us")),
        }
    )
    lake, spill = prepared.folder / "data" / "lake", prepared.folder / "spill"
    found: list[str] = []
    with Workbench(
        prepared.definitions, prepared.models, prepared.scene.as_of, lake, spill, by_hand={}, stored={}
    ) as workbench:
        outcomes = Outcomes(workbench, Assigned(AbTest("t", ()), (), users))
        for written, outcome in drawn(prepared, seed, leaves, trees):
            ours = {int(mpid) for mpid in outcomes.successes(outcome.criterion, outcome.scope)}
            theirs = with_outcome(written, prepared.scope, entered)
            if ours != theirs:
                found.append(f"{document(written)}: {sorted(ours ^ theirs)}")
    return found


def entries(random: Random, events: list[tuple[int, datetime]]) -> dict[int, datetime]:
    """When users entered: between their events, and at the very instant of one; a user without events too."""
    entered = {123: datetime(2018, 1, 1)}
    for mpid in sorted({mpid for mpid, _ in events}):
        if random.random() < 0.9:
            at = random.choice([at for owner, at in events if owner == mpid])
            entered[mpid] = at + random.choice([-MICROSECOND, timedelta(0), timedelta(0), MICROSECOND])
    return entered


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(SEED, tmp_path_factory.mktemp("outcomes"))


def test_outcomes_of_generated_users_agree_with_the_oracle(prepared: Prepared) -> None:
    assert differences(prepared, SEED, leaves=1, trees=4) == []


def test_the_command_gives_the_figures_of_the_oracle(
    prepared: Prepared, capsys: pytest.CaptureFixture[str]
) -> None:
    """Members come and go over three stored as_ofs; the arms are what spec §9 says, by the oracle."""
    random, as_of = Random(SEED), prepared.scene.as_of
    test = {"name": "t", "variants": {"push": 40, "half off": 40}}
    mpids = sorted({mpid for mpid, _ in prepared.events})
    entered: dict[int, datetime] = {}
    for days in (9, 4, 0):
        at = as_of - timedelta(days=days)
        members = {mpid: variant_of("everyone", test, mpid) for mpid in mpids if random.random() < 0.5}
        entered = {**dict.fromkeys(members, at), **entered}
        made = publication(at, {"everyone": members}, models=prepared.models)
        publish(open_store(prepared.folder / "data" / "published"), made)

    purchase = {"ecommerce": {"action": "purchase"}}
    given = answer(prepared.folder, capsys, "test", "everyone", "--outcome", document(purchase), "--json")
    assert (given.status, given.err) == (0, "")
    holders = with_outcome(purchase, prepared.scope, entered)
    assert holders
    assert {one["variant"]: (one["assigned"], one["successes"]) for one in given.json["variants"]} == {
        variant: (len(arm), len(arm & holders))
        for variant in ("push", "half off", "Control")
        for arm in [{mpid for mpid in entered if variant_of("everyone", test, mpid) == variant}]
    }
