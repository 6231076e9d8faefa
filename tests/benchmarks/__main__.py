"""`make bench`: what a step costs, as a ratio against a yardstick measured in the same run.

`python -m tests.benchmarks [--events N] [--keep FOLDER] [--write]`: one million simulated events by default.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import estimates, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.measuring import best, measured
from tests.benchmarks.peers import PEERS, write_in_time_order
from tests.benchmarks.results import Result, describe, write

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime(2026, 3, 31)
DAYS = 30
#: Nine criteria and what remains of them make ten milestones.
CRITERIA = 90
MANY_CRITERIA = 450
#: Of the lake whose every user is asked, to hold samples against.
SMALL_EVENTS = 100_000


def main() -> None:
    """Measure and print; `--write` keeps what was printed in RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder whose landing and lake are used again")
    parser.add_argument("--write", action="store_true", help="keep the results in RESULTS.md")
    options = parser.parse_args()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for result in measure(options.keep or Path(folder), options.events):
            results.append(result)
            print(result.line(), flush=True)  # noqa: T201
    if options.write:
        write(options.events, DAYS, results)
    print(describe())  # noqa: T201


def measure(folder: Path, events: int) -> Iterator[Result]:
    """Every result, as it is found."""
    project, data = folder / "project", folder / "data"
    landing = data / "landing" / "shop" / "web"
    audiences = bench_audiences(CRITERIA)
    steps.write_project(project, journeys(audiences))
    if not landing.exists():
        yield from _landed(project, data, landing, events)
    lake = data / "lake"
    scan = best(3, steps.scan, lake)
    yield Result("one bare scan of the events, the yardstick below", scan.seconds, megabytes=scan.megabytes)
    first = measured(steps.run, project, data, END)
    yield from _run_results("first calculation of 100 milestones", first.value, scan.seconds)
    yield Result("its memory", megabytes=first.megabytes)
    mean = sum(first.value.sizes.values()) / len(first.value.sizes)
    yield Result(
        f"members of a milestone, {mean:,.0f} on average of {scan.value:,} users", share=mean / scan.value
    )
    again = measured(steps.run, project, data, END + timedelta(days=1))
    yield from _run_results("refresh a day later", again.value, scan.seconds)
    yield from _estimated(folder, project, data)
    yield from _orchestrated(folder, data)
    yield from _answered(project, data, next(iter(again.value.sizes)))
    in_time_order = folder / "in_time_order"
    if not in_time_order.exists():
        write_in_time_order(lake, in_time_order)
    for peer in PEERS:
        found = measured(peer.sizes, in_time_order, audiences, END)
        yield Result(peer.name, found.seconds, scan.seconds, megabytes=found.megabytes)


def _landed(project: Path, data: Path, landing: Path, events: int) -> Iterator[Result]:
    simulated = measured(steps.land, landing, events, DAYS, END)
    files, size = simulated.value
    yield Result(
        f"simulator: {files} files, {size / 1e6:,.0f} MB", simulated.seconds, megabytes=simulated.megabytes
    )
    reading = best(2, steps.read_json, landing, data / "yardstick.parquet")
    yield Result("the engine's JSON reader to sorted parquet", reading.seconds, megabytes=reading.megabytes)
    ingested = measured(steps.take_in, project, data)
    yield Result(
        f"ingest of {ingested.value:,} events",
        ingested.seconds,
        reading.seconds,
        megabytes=ingested.megabytes,
    )


def _estimated(folder: Path, project: Path, data: Path) -> Iterator[Result]:
    """Sizes from a sample of users, and whether its intervals are what they say."""
    made = measured(estimates.make_sample, project, data)
    yield Result("the sample of users, what is missing of it", made.seconds, megabytes=made.megabytes)
    first = measured(estimates.estimate_journey, project, data, END, "journey_0").value
    found = min(
        (measured(estimates.estimate_journey, project, data, END, "journey_0").value for _ in range(3)),
        key=lambda one: one.seconds,
    )
    sizes = f"estimate of a journey: {found.sizes} sizes from {found.sampled:,} of {found.users:,} users"
    yield Result(sizes, found.seconds)
    yield Result("    the first after an ingest", first.seconds)
    small = folder / "small"
    if not small.exists():
        steps.land(small / "landing" / "shop" / "web", SMALL_EVENTS, DAYS, END)
        steps.take_in(project, small)
    mpids, criteria = estimates.truths(project, small, END)
    held = list(estimates.coverage(mpids, criteria, len(mpids) // 10))
    share = sum(held) / len(held)
    yield Result(f"{len(held):,} pairs of criterion and sample: the interval holds the truth", share=share)


def _orchestrated(folder: Path, data: Path) -> Iterator[Result]:
    """`milepost run` of few and many milestones, less what the engine does in it: a constant, and what each adds."""
    costs: list[tuple[int, float]] = []
    for criteria in (CRITERIA, MANY_CRITERIA):
        project = folder / f"project_{criteria}"
        steps.write_project(project, journeys(bench_audiences(criteria)))
        steps.milepost_run(project, data, END)
        whole = measured(steps.milepost_run, project, data, END)
        engine = measured(steps.run, project, data, END).value
        milestones = len(engine.sizes)
        costs.append((milestones, whole.seconds - engine.engine))
        yield Result(f"milepost run of {milestones} milestones, less the engine", costs[-1][1])
    (few, cost), (many, higher_cost) = costs
    each = (higher_cost - cost) / (many - few)
    yield Result("    each milestone", each)
    yield Result("    the rest of it", cost - each * few)


def _answered(project: Path, data: Path, audience: str) -> Iterator[Result]:
    """What commands that only read cost until they answer."""
    for command in (("members", audience), ("show", audience), ("validate",)):
        seconds = steps.first_output(project, data, *command)
        yield Result(f"milepost {command[0]} of 100 milestones, first output, less Python's own", seconds)


def _run_results(what: str, run: steps.Run, scan: float) -> Iterator[Result]:
    yield Result(f"{what}: the engine", run.engine, scan)
    yield Result("    profiles", run.profiles, scan)
    yield Result("    rollups", run.rollups, scan)
    yield Result("    audiences", run.audiences, scan)
    yield Result("    memberships and figures", run.publishing, scan)
    yield Result("    dbt and all else, no engine", run.rest)


if __name__ == "__main__":
    main()
