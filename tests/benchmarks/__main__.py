"""`make bench`: what a step costs, as a ratio against a yardstick measured in the same run.

`python -m tests.benchmarks [--events N]… [--large] [--keep FOLDER] [--write]`: 1 M and 20 M simulated events unless
told otherwise; `--large` adds 100 M. Nothing is asserted but that the peers find the same members.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import exports, growth, large, measure, memory, report
from tests.benchmarks.charts import draw
from tests.benchmarks.results import Point, Result, describe, keep, kept

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = 1_000_000
MEDIUM = 20_000_000
LARGE = 100_000_000
#: What depends on the number of audiences or days alone is measured at the sizes below and above.
GROWTH_FROM = 10_000_000
DAY_BY_DAY_FROM = 50_000_000


def main() -> None:
    """Measure and print; `--write` keeps what was printed in RESULTS.md, and draws the charts."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--events", type=int, action="append", help="how many; may be said several times")
    parser.add_argument(
        "--large", action="store_true", help="100 M events too, landed and taken in day by day"
    )
    parser.add_argument("--keep", type=Path, help="a folder whose landing and lake are used again")
    parser.add_argument("--write", action="store_true", help="keep the results in RESULTS.md")
    options = parser.parse_args()
    print(describe())  # noqa: T201
    for events in [*(options.events or [SMALL, MEDIUM]), *([LARGE] if options.large else [])]:
        with tempfile.TemporaryDirectory() as folder:
            _measure(options.keep or Path(folder), events, writes=options.write)
    if options.write:
        draw([Point(**point) for point in kept()["points"]])


def _measure(folder: Path, events: int, *, writes: bool) -> None:
    print(f"\n{events:,} events")  # noqa: T201
    results: list[Result] = []
    points: list[Point] = []
    days = large.DAYS if events >= DAY_BY_DAY_FROM else measure.DAYS
    for found in _found(folder / str(events), events):
        if isinstance(found, Point):
            points.append(found)
        else:
            results.append(found)
            print(found.line(), flush=True)  # noqa: T201
        if writes:
            # After each row: 20 M events take an hour, 100 M two, and what was measured is not to be lost.
            keep(events, days, results, points)


def _found(folder: Path, events: int) -> Iterator[Result | Point]:
    if events >= DAY_BY_DAY_FROM:
        yield from large.measured_day_by_day(folder, events)
        return
    yield from measure.landed(folder, events)
    yield from measure.calculated(folder)
    if events < GROWTH_FROM:
        yield from measure.held_by_intervals(folder)
        yield from measure.orchestrated(folder)
        yield from measure.answered(folder)
        yield from report.reported(folder / "report")
        yield from exports.exported(SMALL)
    else:
        yield from growth.grown(folder)
        yield from memory.remembered(folder)
        # Of ten million members files take minutes, and memory is what counts.
        yield from exports.remembered(SMALL, 10 * SMALL)


if __name__ == "__main__":
    main()
