"""Joins what was staged with the days of the lake that it touches, in DuckDB, within a fixed memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from transforms.contracts import EVENTS, USERS
from transforms.engine import calculator
from transforms.ingest import merge_sql
from transforms.ingest.names import write_names
from transforms.ingest.partitions import day_name, day_place, write_days
from transforms.ingest.staging import STAGED_EVENTS, STAGED_USERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import duckdb

    from transforms.ingest.staging import Staging

#: Rows that come from the sorted query at once.
_BATCH = 20_000


@dataclass(frozen=True)
class FileEvents:
    """What became of the events of one file that could be read."""

    kept: int = 0
    duplicate: int = 0
    conflicting: int = 0
    late: int = 0
    reused: int = 0


@dataclass(frozen=True)
class Merged:
    """Events by the ordinal of their file, and the days whose partitions were written."""

    files: dict[int, FileEvents]
    days: tuple[str, ...]


def merge(
    data: Path, staging: Staging, rejected: frozenset[int], scratch: Path, new_file: Callable[[str], Path]
) -> Merged:
    """Write the new partition of every day that changes, and the names that were seen, to `new_file(place)`.

    `rejected` are the ordinals of files of which nothing counts.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with calculator(scratch, keeps_order=False) as connection:
        _view(connection, "staged_events", staging.events, STAGED_EVENTS)
        _view(connection, "staged_users", staging.users, STAGED_USERS)
        ordinals = pa.table({"file_ordinal": pa.array(sorted(rejected), pa.int32())})
        connection.register("rejected_files", ordinals)
        event_days = _days(connection, merge_sql.TOUCHED_EVENT_DAYS)
        user_days = _days(connection, merge_sql.TOUCHED_USER_DAYS)
        _view(connection, "lake_events", _parts(data, "events", event_days), EVENTS)
        _view(connection, "lake_users", _parts(data, "users", user_days), USERS)
        _view(connection, "lake_ids", sorted((data / "lake" / "events").glob("*/*.parquet")), EVENTS)
        files = _decide(connection)
        write_names(connection, data, new_file, sorted((data / "lake" / "users").glob("*/*.parquet")))
        written: set[str] = set()
        if event_days:
            written.update(_write(connection, merge_sql.EVENTS, "events", EVENTS, new_file))
        if user_days:
            written.update(_write(connection, merge_sql.USERS, "users", USERS, new_file))
    return Merged(files, tuple(sorted(written)))


def _decide(connection: duckdb.DuckDBPyConnection) -> dict[int, FileEvents]:
    for statement in (merge_sql.CANDIDATES, merge_sql.DECIDED, merge_sql.REUSED):
        connection.execute(statement).fetchall()
    reused = dict(connection.execute(merge_sql.REUSED_COUNTS).fetchall())
    return {
        ordinal: FileEvents(kept, duplicate, conflicting, late, reused.get(ordinal, 0))
        for ordinal, kept, duplicate, conflicting, late in connection.execute(merge_sql.COUNTS).fetchall()
    }


def _write(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    table: str,
    schema: pa.Schema,
    new_file: Callable[[str], Path],
) -> list[str]:
    reader = connection.sql(query).to_arrow_reader(_BATCH)
    return list(write_days(reader, schema, lambda day: new_file(day_place(table, day))))


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: Iterable[Path], schema: pa.Schema) -> None:
    texts = [str(path) for path in paths]
    if texts:
        connection.read_parquet(texts, hive_partitioning=False).create_view(name)
    else:
        connection.register(name, schema.empty_table())


def _days(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [day_name(day) for (day,) in connection.execute(query).fetchall()]


def _parts(data: Path, table: str, days: Iterable[str]) -> list[Path]:
    return [path for day in days if (path := data / day_place(table, day)).exists()]
