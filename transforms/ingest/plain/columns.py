"""Takes plain lines of batches to staging by columns, in the engine, and gives back those that are not plain."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from transforms.engine import calculator
from transforms.ingest.plain import events_sql, statements_sql
from transforms.ingest.plain.batches_sql import batches_sql
from transforms.ingest.plain.macros import MACROS

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from transforms.ingest.source import Source

#: Chunks that are read at once: each holds some hundred megabytes.
MOST_AT_ONCE = 2
_LINES = pa.schema(
    [
        pa.field("line", pa.int64()),
        pa.field("body", pa.string()),
        pa.field("events", pa.string()),
        pa.field("sorted_events", pa.string()),
    ]
)
_TAKEN = """
select (select count(*) from batches where line not in (select line from awkward)),
       (select count(*) from drafts where line not in (select line from awkward)),
       (select list(line order by line) from awkward)
"""


@dataclass
class PlainLines:
    """Lines of a file that are one object each, by their numbers: compact JSON in which no name stands twice.

    `bodies` are without their events; those of `events` are in the order of writing, of `sorted_events` by name.
    """

    numbers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    sorted_events: list[bytes] = field(default_factory=list)

    def add(self, number: int, body: dict[str, Any]) -> bool:
        """Take one line; False where it is no batch, or its events are no list."""
        events = body.get("events")
        if events is None:
            events = []
        if not isinstance(events, list) or "firehose_version" in body:
            return False
        self.numbers.append(number)
        self.bodies.append(orjson.dumps({name: value for name, value in body.items() if name != "events"}))
        self.events.append(orjson.dumps(events))
        self.sorted_events.append(orjson.dumps(events, option=orjson.OPT_SORT_KEYS))
        return True


@dataclass(frozen=True)
class TakenLines:
    """`records` lines with `events` were staged; the lines `awkward`, in order, are left."""

    records: int
    events: int
    awkward: tuple[int, ...]


class Columns:
    """Reads plain lines in threads of its own, in one engine; use it as a context. It starts when it is needed."""

    def __init__(self, login_types: tuple[str, ...], *, places_addresses: bool) -> None:
        self._logins = {f"login_{place}": name for place, name in enumerate(login_types)}
        self._batches = batches_sql(login_types, places_addresses=places_addresses)
        self._own = threading.local()
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Columns:
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        if self._engine is not None:
            self._engine.close()

    def start(self, lines: PlainLines, source: Source, events: Path, users: Path) -> Future[TakenLines]:
        """Begin to write the rows of these lines to two parquet files."""
        if self._engine is None or self._threads is None:
            self._engine = calculator(source.scratch / "columns")
            self._threads = ThreadPoolExecutor(min(MOST_AT_ONCE, os.cpu_count() or 1))
        return self._threads.submit(self._take, self._engine, lines, source, events, users)

    def _connection(self, engine: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """The connection of this thread, with tables of its own."""
        if not hasattr(self._own, "connection"):
            self._own.connection = engine.cursor()
            for macro in MACROS:
                self._own.connection.execute(macro)
        return self._own.connection

    def _take(
        self, engine: duckdb.DuckDBPyConnection, lines: PlainLines, source: Source, events: Path, users: Path
    ) -> TakenLines:
        connection = self._connection(engine)
        table = pa.Table.from_arrays(
            [
                pa.array(lines.numbers, pa.int64()),
                _texts(lines.bodies),
                _texts(lines.events),
                _texts(lines.sorted_events),
            ],
            schema=_LINES,
        )
        connection.register("lines", table)
        connection.execute(self._batches, {"arrival": source.arrival, **self._logins})
        connection.unregister("lines")
        for statement in (
            events_sql.DRAFTS,
            statements_sql.EVENT_STATEMENTS,
            statements_sql.USERS,
            statements_sql.AWKWARD,
        ):
            connection.execute(statement)
        records, found, awkward = connection.execute(_TAKEN).fetchone() or (0, 0, None)
        columns: dict[str, Any] = {
            "workspace": source.workspace,
            "input": source.input,
            "path": source.path,
            "ordinal": source.ordinal,
        }
        _write(connection, statements_sql.EVENTS, columns, events)
        _write(connection, statements_sql.STATEMENTS, columns, users)
        return TakenLines(records, found, tuple(awkward or ()))


def _texts(texts: list[bytes]) -> pa.Array:
    # They come from a writer of JSON, so they are UTF-8.
    return pa.array(texts, pa.binary()).view(pa.string())


def _write(connection: duckdb.DuckDBPyConnection, query: str, columns: dict[str, Any], path: Path) -> None:
    connection.execute(
        f"copy ({query}) to $target (format parquet, compression lz4)", {**columns, "target": str(path)}
    )
