"""The rows of the table: what landed and was taken in, what is calculated of it, and what the commands cost."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.benchmarks import estimates, lakes, steps
from tests.benchmarks.audiences import bench_audiences, journeys
from tests.benchmarks.measuring import best, measured
from tests.benchmarks.peers import PEERS
from tests.benchmarks.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.measuring import Measured

END = datetime(2026, 3, 31)
DAYS = 30
BEFORE = END - timedelta(days=1)
#: Nine criteria and what remains of them make ten milestones.
CRITERIA = 90
MANY_CRITERIA = 450
#: Of the lake whose every user is asked, to hold samples against.
SMALL_EVENTS = 100_000
#: Of which the engine makes everything at once.
FEW_EVENTS = 2_000


def landed(folder: Path, events: int) -> Iterator[Result]:
    """Simulate, and take in all days but the last, which lies in `last_day` then; what that gave where it was done."""
    known = folder / "landed.json"
    if known.exists():
        yield from (Result(**row) for row in json.loads(known.read_text(encoding="utf-8")))
        return
    found = []
    for result in _landed(folder, events):
        found.append(result)
        yield result
    known.write_text(json.dumps([asdict(result) for result in found]), encoding="utf-8")


def _landed(folder: Path, events: int) -> Iterator[Result]:
    project, taken_in = _project(folder), folder / "taken_in"
    shutil.rmtree(taken_in, ignore_errors=True)
    landing = taken_in / "landing" / "shop" / "web"
    simulated = measured(lakes.land, landing, events, DAYS, END)
    size = simulated.value.bytes / 1e6
    yield Result(
        f"simulator: {simulated.value.files} files, {size:,.0f} MB",
        simulated.seconds,
        megabytes=simulated.megabytes,
    )
    (folder / "last_day").mkdir(exist_ok=True)
    newest = max(landing.iterdir())
    newest.rename(folder / "last_day" / newest.name)
    reading = best(2, lakes.read_json, landing, folder / "yardstick.parquet")
    yield Result(
        "the engine's JSON reader to sorted parquet, without the last day",
        reading.seconds,
        megabytes=reading.megabytes,
    )
    ingested = measured(lakes.take_in, project, taken_in)
    yield Result(
        f"ingest of {ingested.value:,} events, the same files",
        ingested.seconds,
        reading.seconds,
        megabytes=ingested.megabytes,
        most=1.6,
    )
    shutil.rmtree(taken_in / "landing")


def calculated(folder: Path) -> Iterator[Result]:
    """The first calculation, the peers', the refresh after one more day, and an estimate."""
    project, data = _project(folder), folder / "data"
    lakes.copied(folder / "taken_in", data)
    lake = data / "lake"
    scan = best(3, lakes.scan, lake)
    yield Result("one bare scan of the events, the yardstick below", scan.seconds, megabytes=scan.megabytes)
    first = measured(steps.run, project, data, BEFORE)
    yield from run_rows("first calculation of 100 milestones", first, scan.seconds, most=8)
    mean = sum(first.value.sizes.values()) / len(first.value.sizes)
    yield Result(
        f"members of a milestone, {mean:,.0f} on average of {scan.value:,} users", share=mean / scan.value
    )
    yield from _by_peers(folder, lake, scan.seconds, first.value.engine)
    yield from _next_day(folder, project, data)
    again = measured(steps.run, project, data, END)
    yield from run_rows("refresh after one more day", again, scan.seconds, most=4)
    yield from _estimated(project, data)


def run_rows(what: str, run: Measured, scan: float, most: float) -> Iterator[Result]:
    """What the engine did in a run, and what it did it for."""
    seconds: steps.Run = run.value
    yield Result(f"{what}: the engine", seconds.engine, scan, run.megabytes, most=most)
    yield Result("    profiles", seconds.profiles, scan)
    yield Result("    rollups", seconds.rollups, scan)
    yield Result("    audiences", seconds.audiences, scan)
    yield Result("    memberships and figures", seconds.publishing, scan)
    yield Result("    dbt and all else, no engine", seconds.rest)


def _by_peers(folder: Path, lake: Path, scan: float, first: float) -> Iterator[Result]:
    audiences = bench_audiences(CRITERIA)
    in_time_order = folder / "in_time_order"
    if not in_time_order.exists():
        lakes.write_in_time_order(lake, in_time_order)
    found: list[dict[str, int]] = []
    naive: list[float] = []
    for peer in PEERS:
        asked = measured(peer.sizes, in_time_order, audiences, BEFORE)
        found.append(asked.value)
        naive.append(asked.seconds)
        yield Result(f"{peer.name}, 90 criteria", asked.seconds, scan, asked.megabytes)
    assert all(sizes == found[0] for sizes in found), "the peers find the same members"
    yield Result("the first calculation, of one DuckDB query an audience", first, naive[0], most=0.25)


def _next_day(folder: Path, project: Path, data: Path) -> Iterator[Result]:
    landing = data / "landing" / "shop" / "web"
    landing.mkdir(parents=True)
    for path in (folder / "last_day").iterdir():
        shutil.copy2(path, landing / path.name)
    reading = measured(lakes.read_json, landing, folder / "yardstick.parquet")
    ingested = measured(lakes.take_in, project, data)
    yield Result(
        f"ingest of one more day, {ingested.value:,} events, of the JSON reader's",
        ingested.seconds,
        reading.seconds,
        megabytes=ingested.megabytes,
    )


def _estimated(project: Path, data: Path) -> Iterator[Result]:
    """Sizes from a sample of users."""
    made = measured(estimates.make_sample, project, data)
    yield Result("the sample of users, what is missing of it", made.seconds, megabytes=made.megabytes)
    first = measured(estimates.estimate_journey, project, data, END, "journey_0").value
    found = min(
        (measured(estimates.estimate_journey, project, data, END, "journey_0").value for _ in range(3)),
        key=lambda one: one.seconds,
    )
    sizes = f"estimate of a journey: {found.sizes} sizes from {found.sampled:,} of {found.users:,} users"
    yield Result(sizes, found.seconds, most=1)
    yield Result("    the first after an ingest", first.seconds)


def held_by_intervals(folder: Path) -> Iterator[Result]:
    """How often the interval of an estimate holds the truth."""
    project, small = _project(folder), folder / "small"
    shutil.rmtree(small, ignore_errors=True)
    lakes.land(small / "landing" / "shop" / "web", SMALL_EVENTS, DAYS, END)
    lakes.take_in(project, small)
    mpids, criteria = estimates.truths(project, small, END)
    held = list(estimates.coverage(mpids, criteria, len(mpids) // 10))
    share = sum(held) / len(held)
    yield Result(
        f"{len(held):,} pairs of criterion and sample: the interval holds the truth", share=share, least=0.94
    )


def orchestrated(folder: Path) -> Iterator[Result]:
    """`milepost run` of few and many milestones over so few events that the engine has nearly nothing to do: a constant,
    and what each milestone adds.
    """
    data = folder / "few_events"
    shutil.rmtree(data, ignore_errors=True)
    lakes.land(data / "landing" / "shop" / "web", FEW_EVENTS, DAYS, END)
    costs: list[tuple[int, float]] = []
    for criteria in (CRITERIA, MANY_CRITERIA):
        project = _project(folder, criteria)
        steps.milepost_run(project, data, BEFORE)
        whole = measured(steps.milepost_run, project, data, END)
        milestones = criteria * 10 // 9
        costs.append((milestones, whole.seconds))
        yield Result(f"milepost run of {milestones} milestones, {FEW_EVENTS:,} events", whole.seconds)
        again = measured(steps.milepost_run, project, data, END)
        yield Result("    the same again: nothing changed", again.seconds)
    (few, cost), (many, higher_cost) = costs
    each = (higher_cost - cost) / (many - few)
    yield Result("    each milestone", each, most=0.045)
    yield Result("    the rest of it", cost - each * few, most=10)


def answered(folder: Path) -> Iterator[Result]:
    """What commands that only read cost until they answer."""
    project, data = _project(folder), folder / "data"
    audience = "journey_0__a0"
    for command in (("members", audience), ("show", audience), ("validate",)):
        seconds = steps.first_output(project, data, *command)
        yield Result(
            f"milepost {command[0]} of 100 milestones, first output, less Python's own", seconds, most=0.7
        )


def _project(folder: Path, criteria: int = CRITERIA) -> Path:
    """A project of so many criteria, made when it is needed first."""
    project = folder / f"project_{criteria}"
    if not project.exists():
        steps.write_project(project, journeys(bench_audiences(criteria)))
    return project
