"""What more audiences cost, and what a longer history costs: here, and by one query an audience."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.benchmarks import lakes, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.measure import BEFORE, DAYS, END
from tests.benchmarks.measuring import best, measured
from tests.benchmarks.peers import NAIVE
from tests.benchmarks.results import Point, Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Criteria; each nine make ten milestones.
CRITERIA = (18, 45, 90, 180)
#: So many times the days of the lake.
HISTORY = (1, 2, 3)
_LAST_DAY = BEFORE.date()
_NEVER = date(1970, 1, 1)


def grown(folder: Path) -> Iterator[Result | Point]:
    """First calculation and refresh of 20 to 200 milestones, and of 100 over 30 to 90 days."""
    lake = folder / "data" / "lake"
    scan = best(3, lakes.scan, lake).seconds
    refreshed: dict[int, float] = {}
    for criteria in CRITERIA:
        yield from _points(folder, lake, criteria, "audiences", criteria * 10 // 9, scan, refreshed)
    yield Result("refresh of 200 milestones, of 100", refreshed[200], refreshed[100], most=1.8)
    long = folder / "long"
    lakes.copied(lake, long)
    lakes.prolong(long, DAYS, max(HISTORY) - 1)
    refreshed = {}
    for times in HISTORY:
        part = folder / "part"
        lakes.cut(long, part, (END - timedelta(days=DAYS * times)).date(), _LAST_DAY)
        yield from _points(folder, part, 90, "days", DAYS * times, scan, refreshed)
    yield Result("refresh with 90 days of history, with 30", refreshed[90], refreshed[30], most=1.3)
    shutil.rmtree(long)


def _points(
    folder: Path, lake: Path, criteria: int, axis: str, at: int, scan: float, refreshed: dict[int, float]
) -> Iterator[Point]:
    audiences = bench_audiences(criteria)
    project, data = folder / f"growing_{axis}", folder / "growing"
    shutil.rmtree(data, ignore_errors=True)
    steps.write_project(project, journeys(audiences))
    lakes.cut(lake, data / "lake", _NEVER, _LAST_DAY - timedelta(days=1))
    first = measured(steps.run, project, data, BEFORE)
    for table in ("events", "users"):
        newest = f"{table}/day={_LAST_DAY}"
        lakes.copied(lake / newest, data / "lake" / newest)
    again = measured(steps.run, project, data, END)
    refreshed[at] = again.value.engine
    yield Point(axis, "Milepost, first calculation", at, first.value.engine, scan)
    yield Point(axis, "Milepost, daily refresh", at, again.value.engine, scan)
    in_time_order = folder / "growing_in_time_order"
    lakes.write_in_time_order(data / "lake", in_time_order)
    asked = measured(NAIVE.sizes, in_time_order, audiences, END)
    yield Point(axis, NAIVE.name, at, asked.seconds, scan)
