"""Joins what was staged with the days of the lake that it touches, in DuckDB, within a fixed memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from transforms.contracts import EVENTS, USERS
from transforms.engine import calculator
from transforms.ingest import merge_sql, merge_users_sql
from transforms.ingest.day_files import DayFiles, files_of_day
from transforms.ingest.names import write_names
from transforms.ingest.partitions import day_folder, day_name, day_place, write_days
from transforms.ingest.staged_rows import STAGED_EVENTS, STAGED_USERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb

    from transforms.ingest.staging import Staging
    from transforms.ingest.transaction import Transaction

    #: Days counted from 1970-01-01, with their files.
    Days = dict[int, DayFiles]

#: Rows that come from the sorted query at once.
_BATCH = 20_000
#: Rows that are compared and sorted at once. A million take half of the engine's memory; five times as many events took
#: 3.6 times as long each, since their sort went to the disk, and as many statements were too many.
_ROWS_AT_ONCE = 1_000_000
_EPOCH = datetime(1970, 1, 1)


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
    data: Path, staging: Staging, rejected: frozenset[int], scratch: Path, transaction: Transaction
) -> Merged:
    """Write the files of every day that changes, and the names that were seen, into the transaction.

    `rejected` are the ordinals of files of which nothing counts.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with calculator(scratch, keeps_order=False) as connection:
        _view(connection, "staged_events", staging.events, STAGED_EVENTS)
        _view(connection, "staged_users", staging.users, STAGED_USERS)
        ordinals = pa.table({"file_ordinal": pa.array(sorted(rejected), pa.int32())})
        connection.register("rejected_files", ordinals)
        event_days = _touched(connection, data, "events", merge_sql.TOUCHED_EVENT_DAYS)
        user_days = _touched(connection, data, "users", merge_sql.TOUCHED_USER_DAYS)
        _view(connection, "lake_events", _files(event_days.values()), EVENTS)
        _view(connection, "lake_ids", sorted((data / "lake" / "events").glob("*/*.parquet")), EVENTS)
        files = _decide(connection)
        users = sorted((data / "lake" / "users").glob("*/*.parquet"))
        write_names(connection, data, transaction.new_file, users)
        written: set[str] = set()
        event_days, late = _with_new_events(connection, event_days)
        for some in _some_at_once(event_days, late):
            _view(connection, "rewritten_events", _files(_others(some, late)), EVENTS)
            rows = connection.sql(merge_sql.EVENTS, params=_span(some))
            written.update(_write(rows, "events", EVENTS, event_days, late, transaction))
        for statement in merge_sql.FORGET_EVENTS:
            connection.execute(statement)
        late = _late_users(connection, user_days)
        for some in _some_at_once(user_days, late):
            _view(connection, "rewritten_users", _files(_others(some, late)), USERS)
            rows = connection.sql(merge_users_sql.USERS, params=_span(some))
            written.update(_write(rows, "users", USERS, user_days, late, transaction))
    return Merged(files, tuple(sorted(written)))


def _touched(
    connection: duckdb.DuckDBPyConnection, data: Path, table: str, query: str
) -> dict[int, DayFiles]:
    """The days to which something comes, counted from 1970-01-01, with the files that they have."""
    days = connection.execute(query).fetchall()
    return {day: files_of_day(data / day_folder(table, day_name(day)), arriving) for day, arriving in days}


def _with_new_events(connection: duckdb.DuckDBPyConnection, days: Days) -> tuple[Days, frozenset[int]]:
    """The days that get an event, and those of them beside which the new events are to wait."""
    dropped = dict(connection.execute(merge_sql.DROPPED_OF_DAYS).fetchall())
    new = {day: files.arriving - dropped.get(day, 0) for day, files in days.items()}
    written = {day: files for day, files in days.items() if new[day]}
    _register(connection, "event_days", written)
    return written, frozenset(day for day, files in written.items() if files.has_room_for(new[day]))


def _late_users(connection: duckdb.DuckDBPyConnection, days: Days) -> frozenset[int]:
    """The days beside which the new statements are to wait: not where one replaces what the day has already."""
    large = {day: files for day, files in days.items() if files.is_large}
    _register(connection, "large_days", large)
    _view(connection, "large_users", _files(large.values()), USERS)
    connection.execute(merge_users_sql.LATE_STATEMENTS).fetchall()
    counts = connection.execute(merge_users_sql.LATE_STATEMENTS_OF_DAYS).fetchall()
    late = frozenset(day for day, new, replaces in counts if not replaces and large[day].has_room_for(new))
    _register(connection, "late_user_days", late)
    return late


def _some_at_once(days: Days, late: frozenset[int]) -> Iterator[Days]:
    """The days in order, as many at once as the engine puts in order within its memory."""
    some: Days = {}
    rows = 0
    for day, files in days.items():
        more = files.arriving + (0 if day in late else files.rows + files.waiting)
        if some and rows + more > _ROWS_AT_ONCE:
            yield some
            some, rows = {}, 0
        some[day] = files
        rows += more
    if some:
        yield some


def _span(days: Days) -> dict[str, datetime]:
    return {"since": _EPOCH + timedelta(days=min(days)), "until": _EPOCH + timedelta(days=max(days) + 1)}


def _others(days: Days, late: frozenset[int]) -> list[DayFiles]:
    return [files for day, files in days.items() if day not in late]


def _decide(connection: duckdb.DuckDBPyConnection) -> dict[int, FileEvents]:
    for statement in merge_sql.DECIDE:
        connection.execute(statement).fetchall()
    reused = dict(connection.execute(merge_sql.REUSED_COUNTS).fetchall())
    return {
        ordinal: FileEvents(kept, duplicate, conflicting, late, reused.get(ordinal, 0))
        for ordinal, kept, duplicate, conflicting, late in connection.execute(merge_sql.COUNTS).fetchall()
    }


def _write(
    rows: duckdb.DuckDBPyRelation,
    table: str,
    schema: pa.Schema,
    days: Days,
    late: frozenset[int],
    transaction: Transaction,
) -> list[str]:
    """Write each day that the sorted rows are of: beside its files where it is `late`, else in their place."""

    def path_of(day: int) -> Path:
        files = days[day]
        if day in late:
            return transaction.new_file(day_place(table, day_name(day), files.next_part))
        for file in files.files[1:]:
            transaction.remove(f"{day_folder(table, day_name(day))}/{file.name}")
        return transaction.new_file(day_place(table, day_name(day)))

    return [day_name(day) for day in write_days(rows.to_arrow_reader(_BATCH), schema, path_of)]


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: Iterable[Path], schema: pa.Schema) -> None:
    texts = [str(path) for path in paths]
    connection.unregister(name)
    if texts:
        connection.read_parquet(texts, hive_partitioning=False).create_view(name)
    else:
        connection.register(name, schema.empty_table())


def _register(connection: duckdb.DuckDBPyConnection, name: str, days: Iterable[int]) -> None:
    connection.register(name, pa.table({"day": pa.array(sorted(days), pa.int64())}))


def _files(days: Iterable[DayFiles]) -> list[Path]:
    return [file for files in days for file in files.files]
