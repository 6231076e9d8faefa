"""The memory of an ingest of ten times as much."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.benchmarks import lakes, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.measure import CRITERIA, DAYS, END
from tests.benchmarks.measuring import measured
from tests.benchmarks.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.measuring import Measured

#: Half a gigabyte of batches, and five.
_EVENTS = 1_270_000, 12_700_000


def remembered(folder: Path) -> Iterator[Result]:
    """The most memory that ingest holds at a time, with all its processes."""
    less, more = (_ingested(folder / f"memory-{events}", events) for events in _EVENTS)
    yield Result("ingest of 0.5 GB of batches", less.seconds, megabytes=less.megabytes)
    yield Result(
        "ingest of 5 GB of batches: its memory, of that of 0.5 GB",
        more.seconds,
        megabytes=more.megabytes,
        of_megabytes=less.megabytes,
        most=1.3,
    )


def _ingested(folder: Path, events: int) -> Measured:
    project, data = folder / "project", folder / "data"
    steps.write_project(project, journeys(bench_audiences(CRITERIA)))
    lakes.land(data / "landing" / "shop" / "web", events, DAYS, END)
    found = measured(lakes.take_in, project, data)
    shutil.rmtree(folder)
    return found
