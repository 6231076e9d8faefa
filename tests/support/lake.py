"""A small lake, written as ingest writes it (transforms/contracts.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.contracts import EVENTS, USERS
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1)


def make_event(**overrides: Any) -> Row:
    """A row of EVENTS: a custom event on 2018-01-01 at noon, received a second later."""
    event_at = overrides.get("event_at", datetime(2018, 1, 1, 12))
    defaults: Row = {
        "workspace": "shop",
        "input": "shop/ios",
        "environment": "production",
        "mpid": 1,
        "event_id": "e1",
        "event_at": event_at,
        "received_at": event_at + timedelta(seconds=1),
        "event_type": "custom_event",
        "event_name": "Play",
        "content_digest": 0,
        "source_path": "a.json",
        "source_line": 1,
        "source_index": 0,
    }
    return _row(EVENTS, defaults, overrides)


def make_statement(**overrides: Any) -> Row:
    """A row of USERS: `seen` on 2018-01-01 at noon, received a second later."""
    said_at = overrides.get("said_at", datetime(2018, 1, 1, 12))
    defaults: Row = {
        "workspace": "shop",
        "input": "shop/ios",
        "environment": "production",
        "mpid": 1,
        "said_at": said_at,
        "received_at": said_at + timedelta(seconds=1),
        "statement": "seen",
        "is_removed": False,
        "source_path": "a.json",
        "source_line": 1,
        "position": 0,
    }
    return _row(USERS, defaults, overrides)


def write_lake(folder: Path, events: Iterable[Row] = (), statements: Iterable[Row] = ()) -> None:
    """Write `folder/events` and `folder/users`, one file a day; an empty one where there is nothing. No lists."""
    _write(folder / "events", "event_at", events)
    _write(folder / "users", "said_at", statements)
    take_in_lists(folder, folder, ())


def write_part(folder: Path, table: str, rows: Iterable[Row], number: int) -> Path:
    """Write one file of a day of `events` or `users`."""
    path = folder / f"part-{number}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = {"events": EVENTS, "users": USERS}[table]
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def _row(schema: pa.Schema, defaults: Row, overrides: Row) -> Row:
    unknown = overrides.keys() - set(schema.names)
    assert not unknown, unknown
    return dict.fromkeys(schema.names) | defaults | overrides


def _write(folder: Path, instant: str, rows: Iterable[Row]) -> None:
    def day_of(row: Row) -> str:
        return row[instant].date().isoformat()

    days = {day: list(found) for day, found in groupby(sorted(rows, key=day_of), key=day_of)}
    for day, found in (days or {EPOCH.date().isoformat(): []}).items():
        write_part(folder / f"day={day}", folder.name, found, 0)
