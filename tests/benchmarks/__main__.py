"""`make bench`: what a step costs, as a ratio against a yardstick measured in the same run.

`python -m tests.benchmarks [--events N]`, one million simulated events by default. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tests.support.pipeline import add_scaffold, run_dbt
from transforms.compiler.emit import write_models
from transforms.compiler.models import compile_models
from transforms.definitions.load import load_definitions
from transforms.ingest.run import ingest
from transforms.simulation.plan import SimulationPlan
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

END = datetime(2026, 3, 31)
DAYS = 30
MILEPOST = """\
project: bench
workspaces: {shop: {inputs: {web: {kind: platform, format: batches}}}}
event_lookback: 30 days
"""
#: Twenty windows and thresholds over events that are frequent and rare.
AUDIENCES = {
    f"{action}_{days}": f"audience: {action}_{days}\ncriteria: {{ecommerce: {{action: {action}, "
    f"count: {{gte: {1 + days % 3}}}, within: {days} days}}}}\n"
    for action in ("view_detail", "add_to_cart", "purchase", "checkout")
    for days in (3, 7, 14, 21, 28)
}
YARDSTICK = (
    "select mpid, count(*) from read_parquet(?) where event_at >= timestamp '1970-01-01' group by mpid"
)
JSON_READER = (
    "copy (select * from read_json(?, format = 'newline_delimited', records = true, columns = {mpid: 'VARCHAR', events: 'JSON[]', user_attributes: 'JSON', user_identities: 'JSON', device_info: 'JSON', timestamp_unixtime_ms: 'VARCHAR'}, "
    "maximum_object_size = 67108864) order by mpid) to '/dev/null' (format parquet)"
)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), events)


def measure(folder: Path, events: int) -> None:
    """Simulate, ingest, compute; print the ratios."""
    project, data = folder / "project", folder / "data"
    landing = data / "landing" / "shop" / "web"
    landing.mkdir(parents=True)
    (project / "audiences").mkdir(parents=True)
    (project / "milepost.yml").write_text(MILEPOST, encoding="utf-8")
    for name, text in AUDIENCES.items():
        (project / "audiences" / f"{name}.yml").write_text(text, encoding="utf-8")
    plan = SimulationPlan(
        seed=1, users=max(100, events // 20), events=events, days=DAYS, end=END, malformed_rate=0
    )
    for file in simulate(plan):
        with (landing / file.name).open("wb") as sink:
            sink.writelines(file.lines)

    files = [str(path) for path in sorted(landing.iterdir())]
    reading = seconds(lambda: duckdb.connect().execute(JSON_READER, [files]).fetchall())
    definitions = load_definitions(project)
    ingesting = seconds(lambda: ingest(definitions.project.inputs, data, ("customer_id",)))
    add_scaffold(project)
    write_models(project, compile_models(definitions))
    lake = [str(path) for path in sorted((data / "lake" / "events").glob("*/*.parquet"))]
    scan = min(seconds(lambda: duckdb.connect().execute(YARDSTICK, [lake]).fetchall()) for _ in range(3))
    computing = seconds(lambda: run_dbt(project, data, END, definitions.project))

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = (
        ("ingest of JSON batches", "the engine's JSON reader, sorted", ingesting / reading),
        (
            f"profiles and {len(AUDIENCES)} audiences, dbt included",
            "one bare scan of the events",
            computing / scan,
        ),
    )
    print(f"{events:,} events, {len(files)} files, peak memory {peak:,.0f} MB")  # noqa: T201
    for what, yardstick, ratio in rows:
        print(f"{what:<46} {ratio:8.1f} × {yardstick}")  # noqa: T201


if __name__ == "__main__":
    main()
