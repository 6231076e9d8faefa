"""What an estimate costs, and how often its interval holds the truth."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.project_models import project_models
from orchestration.settings import Settings
from transforms.audiences.estimates import estimated_audiences
from transforms.audiences.intervals import estimate
from transforms.audiences.sample import opened_sample
from transforms.audiences.sampled_sets import SampledSets
from transforms.audiences.workbench import Workbench
from transforms.definitions.load import load_definitions
from transforms.errors import Problem
from transforms.ingest import sample
from transforms.ingest.sample import update_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

#: The salts of one criterion; each draws another sample.
SALTS = 34


@dataclass(frozen=True)
class Estimated:
    """Seconds of an estimate, when definitions are loaded, and how many sizes it gave of how many users."""

    seconds: float
    sizes: int
    sampled: int
    users: int


def make_sample(project: Path, data: Path) -> None:
    """The whole sample, as the first ingest makes it."""
    update_sample(data, load_definitions(project).project.login_identities)


def estimate_journey(project: Path, data: Path, as_of: datetime, journey: str) -> Estimated:
    """Every milestone and criterion of a journey, as the command estimates them."""
    definitions = load_definitions(project)
    settings = Settings(project, data)
    models = project_models(settings, definitions.project, as_of, lambda _: None)
    audiences = [definitions.audience(one) for one in definitions.journey(journey).milestones]
    # What is imported when it is needed is start-up, too.
    estimate(1, 2, 3)
    begun = time.perf_counter()
    with (
        opened_sample(data, models, as_of) as opened,
        Workbench(
            definitions, models, as_of, data / "lake", data / ".spill", by_hand={}, stored={}, sample=opened
        ) as workbench,
    ):
        sets = SampledSets(workbench, definitions, opened)
        found = estimated_audiences(sets, definitions, opened, audiences, {})
        seconds = time.perf_counter() - begun
        sizes = sum(1 if one.criteria is None else 2 for one in found)
        return Estimated(seconds, sizes, opened.sampled, opened.users)


def truths(project: Path, data: Path, as_of: datetime) -> tuple[np.ndarray, list[np.ndarray]]:
    """The users of a small lake, and for each criterion of the project whether it holds for each."""
    definitions = load_definitions(project)
    settings = Settings(project, data)
    models = project_models(settings, definitions.project, as_of, lambda _: None)
    with (
        opened_sample(data, models, as_of) as opened,
        Workbench(
            definitions, models, as_of, data / "lake", data / ".spill", by_hand={}, stored={}, sample=opened
        ) as workbench,
    ):
        sets = SampledSets(workbench, definitions, opened)
        trees = [sets.criteria(audience) for audience in definitions.audiences]
        told = [tree.holders for tree in trees if tree is not None and not isinstance(tree.holders, Problem)]
    assert len(sets.mpids) <= sample.SAMPLED_USERS, "the truth is asked of everybody"
    return sets.mpids, told


def coverage(
    mpids: np.ndarray, criteria: list[np.ndarray], sampled: int, salts: int = SALTS
) -> Iterator[bool]:
    """For each pair of criterion and salt whether the interval from `sampled` of the users holds the truth."""
    for salt in range(salts):
        points = [hashlib.md5(f"{salt}:{mpid}".encode(), usedforsecurity=False).digest() for mpid in mpids]
        chosen = np.array(sorted(range(len(mpids)), key=points.__getitem__)[:sampled])
        for holders in criteria:
            found = estimate(int(holders[chosen].sum()), sampled, len(mpids))
            yield found.low <= holders.sum() <= found.high
