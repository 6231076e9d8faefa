"""Where the benchmark's data comes from: simulated landing files, lakes of them, and the yardsticks over both."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists
from transforms.ingest.partitions import PartitionFile
from transforms.ingest.run import ingest
from transforms.simulation.plan import SimulationPlan
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from datetime import datetime

_SCAN = "select mpid, count(*) from read_parquet(?, hive_partitioning = false) group by mpid"
# One statement: batches to events in the order of the lake, every column that a batch has read as it is.
_JSON_READER = """
copy (
    with batches as (
        select * from read_json(
            ?, format = 'newline_delimited', maximum_object_size = 67108864, columns = {
                mpid: 'BIGINT', timestamp_unixtime_ms: 'BIGINT', user_attributes: 'JSON', user_identities: 'JSON',
                device_info: 'JSON', application_info: 'JSON', consent_state: 'JSON', context: 'JSON',
                events: 'STRUCT(event_type VARCHAR, data STRUCT(event_name VARCHAR, custom_event_type VARCHAR,
                    custom_attributes MAP(VARCHAR, VARCHAR), timestamp_unixtime_ms BIGINT, event_id VARCHAR,
                    session_id VARCHAR, product_action JSON, promotion_action JSON, screen_name VARCHAR))[]'
            })
    )
    select mpid, event.event_type as event_type, event.data as data
    from (select mpid, unnest(events) as event from batches)
    order by event.event_type, event.data.event_name, mpid
) to '{target}' (format parquet, compression zstd)
"""


@dataclass(frozen=True)
class Landed:
    """Files and bytes that were written."""

    files: int
    bytes: int


def plan(events: int, days: int, end: datetime) -> SimulationPlan:
    """Twenty events a user; nothing that can't be read."""
    users = max(100, events // 20)
    return SimulationPlan(seed=1, users=users, events=events, days=days, end=end, malformed_rate=0)


def land(landing: Path, events: int, days: int, end: datetime) -> Landed:
    """Simulate that many events of the days before `end`, a file a day."""
    landing.mkdir(parents=True)
    for file in simulate(plan(events, days, end)):
        with (landing / file.name).open("wb") as sink:
            sink.writelines(file.lines)
    sizes = [path.stat().st_size for path in landing.iterdir()]
    return Landed(len(sizes), sum(sizes))


def read_json(landing: Path, target: Path) -> None:
    """The yardstick of ingest."""
    files = [str(path) for path in sorted(landing.iterdir())]
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(_JSON_READER.replace("{target}", str(target)), [files])
    target.unlink()


def take_in(project: Path, data: Path) -> int:
    """Ingest what landed; the events that were kept."""
    settings = load_definitions(project).project
    report = ingest(settings.inputs, data, settings.login_identities, None)
    take_in_lists(project, data / "lake", ())
    return report.totals.events_kept


def scan(lake: Path) -> int:
    """The yardstick of all that is computed: one bare scan of every event; how many users did any."""
    files = [str(path) for path in sorted((lake / "events").glob("*/*.parquet"))]
    with duckdb.connect() as connection:
        return len(connection.execute(_SCAN, [files]).fetchnumpy()["mpid"])


def copied(folder: Path, target: Path) -> None:
    """A folder again, its parquet files as further names of the same: ingest replaces files, it never writes in one."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, copy_function=_linked)


def cut(lake: Path, target: Path, first: date, last: date) -> None:
    """The days from `first` to `last` of a lake as a lake of their own."""
    shutil.rmtree(target, ignore_errors=True)
    for table in ("events", "users"):
        for folder in sorted((lake / table).iterdir()):
            if first <= _day(folder) <= last:
                copied(folder, target / table / folder.name)
    for path in lake.iterdir():
        if path.is_file():
            shutil.copy2(path, target / path.name)
        elif path.name not in ("events", "users"):
            copied(path, target / path.name)


def prolong(lake: Path, days: int, times: int) -> None:
    """The days of a lake again, so many times before them, `days` apart: a longer history of the same people."""
    for path in sorted(lake.glob("*/day=*/*.parquet")):
        table = pq.ParquetFile(path).read()
        for turn in range(1, times + 1):
            earlier = timedelta(days=days * turn)
            target = path.parent.parent / f"day={_day(path.parent) - earlier}" / path.name
            target.parent.mkdir(exist_ok=True)
            file = PartitionFile(target, table.schema)
            for batch in _moved(table, earlier).to_batches():
                file.add(batch)
            file.close()


def _moved(table: pa.Table, earlier: timedelta) -> pa.Table:
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            moved = pc.call_function("subtract", [table.column(place), pa.scalar(earlier, pa.duration("us"))])
            table = table.set_column(place, column, moved.cast(column.type))
    return table


def write_in_time_order(lake: Path, target: Path) -> None:
    """The events of a lake as a table that is appended to would hold them: in the order of their time."""
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(
            "copy (select mpid, event_type, event_name, event_at, attributes, total_amount "
            f"from read_parquet('{lake}/events/*/*.parquet', hive_partitioning = false) "
            f"order by event_at) to '{target}/events.parquet' (format parquet, compression zstd)"
        )


def bytes_below(folder: Path) -> int:
    """What its files hold, each counted once."""
    found = {(status.st_dev, status.st_ino): status.st_size for status in _statuses(folder)}
    return sum(found.values())


def _statuses(folder: Path) -> list[os.stat_result]:
    return [(Path(root) / name).stat() for root, _, names in os.walk(folder) for name in names]


def _day(folder: Path) -> date:
    return date.fromisoformat(folder.name.removeprefix("day="))


def _linked(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
