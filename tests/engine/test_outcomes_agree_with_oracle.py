"""Outcomes of A/B tests: every kind of criterion that looks at events, counted from each user's own assignment."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from orchestration.project_models import project_models
from orchestration.settings import Settings
from tests.support.generated_criteria import Criteria
from tests.support.generated_events import EVENT_KINDS
from tests.support.oracle.audiences import Oracle
from tests.support.oracle.outcomes import with_outcome
from tests.support.pipeline import add_scaffold
from tests.support.project_files import document, write_landing, write_project
from tests.support.short_pipeline import take_in
from tests.support.worlds import make_scene
from transforms.audiences.assigned import Assigned
from transforms.audiences.outcomes import Outcomes
from transforms.audiences.workbench import Workbench
from transforms.definitions.outcomes import read_outcome
from transforms.definitions.records import AbTest
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

KINDS = (*EVENT_KINDS, "cart_abandonment", "sequence")
LEAVES, TREES = 3, 30
MICROSECOND = timedelta(microseconds=1)
EVERYONE = {"audience": "everyone", "criteria": {"last_seen": {"within": "900 days"}}}


def differences(seed: int, folder: Path) -> list[str]:
    """The outcomes on which engine and oracle differ, with the users; over generated users, entries and criteria."""
    random = Random(f"outcomes {seed}")
    scene = make_scene(seed)
    write_project(folder / "project", scene.world, [EVERYONE], [])
    write_landing(folder / "data", scene.world)
    definitions = take_in(folder / "project", folder / "data")
    add_scaffold(folder / "project")
    settings = Settings(folder / "project", folder / "data")
    models = project_models(settings, definitions.project, scene.as_of, lambda _: None)
    oracle = Oracle(scene.world, [], [], scene.as_of)
    scope = oracle.scope({"lookback": "unlimited"})
    entered = entries(random, [(mpid, event.at) for mpid, event in scope.known.events])
    users = pa.table(
        {
            "mpid": pa.array(entered.keys(), pa.int64()),
            "variant": [str(mpid) for mpid in entered],
            "entered_at": pa.array(entered.values(), pa.timestamp("us")),
        }
    )
    criteria = Criteria(scene, f"outcomes {seed}", KINDS)
    drawn = [criteria.telling(kind, scope) for kind in KINDS for _ in range(LEAVES)]
    drawn += [criteria.telling_tree(scope, 2) for _ in range(TREES)]
    audience = definitions.audience("everyone")
    found: list[str] = []
    with Workbench(
        definitions, models, scene.as_of, folder / "data" / "lake", folder / "spill", by_hand={}
    ) as workbench:
        outcomes = Outcomes(workbench, Assigned(AbTest("t", ()), (), users))
        for written in drawn:
            try:
                outcome = read_outcome(document(written), "outcome", audience, definitions.project)
            except UserError:
                # What the rules refuse wherever it stands.
                continue
            ours = {int(mpid) for mpid in outcomes.successes(outcome.criterion, outcome.scope)}
            theirs = with_outcome(written, scope, entered)
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


@pytest.mark.parametrize("seed", [1])
def test_outcomes_of_generated_users_agree_with_the_oracle(seed: int, tmp_path: Path) -> None:
    assert differences(seed, tmp_path) == []
