"""The intervals of samples of one lake, against what is true of all its users (`make bench` asks 3,000 pairs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import lakes, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.estimates import coverage, truths
from tests.benchmarks.measure import DAYS, END

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CRITERIA, SALTS = 20, 10


def test_at_least_94_of_100_intervals_hold_the_truth(tmp_path: Path) -> None:
    project, data = tmp_path / "project", tmp_path / "data"
    steps.write_project(project, journeys(bench_audiences(CRITERIA)))
    lakes.land(data / "landing" / "shop" / "web", 8_000, DAYS, END)
    lakes.take_in(project, data)
    mpids, criteria = truths(project, data, END)
    held = list(coverage(mpids, criteria, len(mpids) // 4, SALTS))
    assert len(held) == CRITERIA * SALTS
    assert sum(1 for holders in criteria if 0 < holders.sum() < len(mpids)) > CRITERIA // 2
    assert sum(held) / len(held) >= 0.94
