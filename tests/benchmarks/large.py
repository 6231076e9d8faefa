"""A hundred million events end to end: each day is simulated, landed compressed, taken in, and deleted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import zstandard

from tests.benchmarks import lakes, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.measure import BEFORE, CRITERIA, END, run_rows
from tests.benchmarks.measuring import best, measured
from tests.benchmarks.results import Result
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transforms.simulation.plan import SimulatedFile

DAYS = 90
_GIGABYTES = 24, 60


def measured_day_by_day(folder: Path, events: int) -> Iterator[Result]:
    """The time of each stage, its memory, and the most that lay on the disk."""
    project, data = folder / "project", folder / "data"
    steps.write_project(project, journeys(bench_audiences(CRITERIA)))
    landing = data / "landing" / "shop" / "web"
    landing.mkdir(parents=True)
    days = _Days(project, data, landing)
    *earlier, last = simulate(lakes.plan(events, DAYS, END))
    for file in earlier:
        days.take_in(file)
    yield Result(f"simulator: {days.simulated:,} bytes before compression, to .zst", days.simulating)
    yield Result(f"ingest day by day, {days.events:,} events", days.ingesting, megabytes=days.memory)
    scan = best(2, lakes.scan, data / "lake")
    yield Result("one bare scan of the events, the yardstick below", scan.seconds, megabytes=scan.megabytes)
    first = measured(steps.run, project, data, BEFORE)
    yield from run_rows("first calculation of 100 milestones", first, scan.seconds, most=8)
    disk = lakes.bytes_below(data)
    before = days.ingesting
    days.take_in(last)
    yield Result("ingest of one more day", days.ingesting - before)
    again = measured(steps.run, project, data, END)
    yield from run_rows("refresh after one more day", again, scan.seconds, most=4)
    disk = max(disk, days.disk, lakes.bytes_below(data))
    yield Result("most memory of a stage", megabytes=max(days.memory, first.megabytes, again.megabytes))
    yield Result("most disk, after any stage", megabytes=disk / 1e6)


class _Days:
    """Takes in one day after the other, each in a process of its own, and adds up what that cost."""

    def __init__(self, project: Path, data: Path, landing: Path) -> None:
        self._project, self._data, self._landing = project, data, landing
        self.simulated = self.events = self.disk = 0
        self.simulating = self.ingesting = self.memory = 0.0

    def take_in(self, file: SimulatedFile) -> None:
        """Land a file of a day, ingest it, delete it."""
        path = self._landing / f"{file.name}.zst"
        begun = time.perf_counter()
        with path.open("wb") as sink, zstandard.ZstdCompressor(level=3).stream_writer(sink) as compressed:
            for line in file.lines:
                self.simulated += compressed.write(line)
        self.simulating += time.perf_counter() - begun
        ingested = measured(lakes.take_in, self._project, self._data)
        self.events += ingested.value
        self.ingesting += ingested.seconds
        self.memory = max(self.memory, ingested.megabytes)
        self.disk = max(self.disk, lakes.bytes_below(self._data))
        path.unlink()
