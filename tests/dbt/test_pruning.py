"""What the engine opens of the lake for an audience, by its own profile: the days of its window, and of these the row
groups that hold its event's name.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from tests.support.functions import install_functions
from tests.support.lake import make_event, write_lake
from tests.unit.compiler.builders import audience, project
from transforms.audiences.lake_tables import define_lake
from transforms.compiler.models import model_body
from transforms.contracts import EVENTS
from transforms.ingest import partitions
from transforms.ingest.partitions import PartitionFile, day_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.support.dbt_project import CompiledProject

DAYS, NAMES, USERS = 12, ("Open", "Pause", "Play", "Stop"), 100
#: A name of a day is ten groups, so that a group has one name.
GROUP = USERS // 10


def scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node["type"] == "TABLE_SCAN" and "/events/" in node["extra_info"].get("Filename(s)", ""):
        yield node
    for child in node.get("children", []):
        yield from scans(child)


def looked_at(compiled: CompiledProject, criteria: str) -> tuple[int, int, int]:
    """Files, row groups and rows of events that the look of an audience takes, over a lake as ingest writes it."""
    body = model_body(audience("a", criteria, inputs=("shop/ios",), lookback=None), project())
    body = re.sub(r"\{\{ config\(.*?\) \}\}", "", body)
    body = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", body)
    body = re.sub(r"\{\{ (\w+\(\)) \}\}", r"\1", body)
    with duckdb.connect() as connection:
        install_functions(connection)
        connection.execute(f"create macro as_of() as timestamp '{compiled.as_of}'")
        define_lake(connection, compiled.folders.lake)
        for name in ("base_lake__events", "int_login_identities", "stg_lake__events"):
            if name == "int_login_identities":
                connection.execute(f"create table {name} (login_identity varchar, mpid bigint)")
            else:
                connection.execute(f"create view {name} as {compiled.models[name]}")
        connection.execute(
            "create table dim_profiles as select 'shop' as workspace, range as mpid from range(5)"
        )
        for column in ("first_seen", "last_seen", "first_active", "last_active"):
            connection.execute(f"alter table dim_profiles add column {column} timestamp default as_of()")
        profile = connection.execute(f"explain (analyze, format json) {body}").fetchone()
    assert profile is not None
    found = [scan for root in json.loads(profile[1])["operator"] for scan in scans(root)]
    return (
        sum(int(scan["extra_info"]["Total Files Read"]) for scan in found),
        sum(scan["row_groups_scanned"] for scan in found),
        sum(scan["rows_scanned"] for scan in found),
    )


def test_files_out_of_the_window_and_groups_of_other_names_are_not_read(
    compiled: CompiledProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "ROW_GROUP", GROUP)
    for part in compiled.folders.lake.rglob("*.parquet"):
        part.unlink()
    write_lake(compiled.folders.lake)
    for before in range(1, DAYS + 1):
        day = compiled.as_of - timedelta(days=before)
        rows = [
            make_event(event_at=day, event_id=f"{name}{mpid}", event_name=name, mpid=mpid)
            for name in NAMES
            for mpid in range(USERS)
        ]
        path = compiled.folders.lake.parent / day_place("events", day.date().isoformat())
        path.parent.mkdir(parents=True, exist_ok=True)
        file = PartitionFile(path, EVENTS)
        for batch in pa.Table.from_pylist(rows, EVENTS).to_batches():
            file.add(batch)
        file.close()
    files, groups, rows_read = looked_at(compiled, "event: {name: Play, within: 3 days}")
    assert files == 3
    assert rows_read == 3 * USERS
    assert groups == 3 * 10
    everything = looked_at(compiled, "event: {name: Play}")
    assert everything == (DAYS + 1, DAYS * 10, DAYS * USERS)
