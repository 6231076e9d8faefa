"""Rows on their way to the lake: gathered in memory by the ten thousand, then written to staging parquet."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.contracts import EVENTS, USERS

if TYPE_CHECKING:
    from pathlib import Path

#: Flushed at this many rows, or at this much text (characters of the documents they come from).
ROWS_HELD = 20_000
TEXT_HELD = 32 * 1024 * 1024

_FILE = pa.field("file_ordinal", pa.int32(), nullable=False)
#: EVENTS where the id may be missing, the digest of the content, which then makes it, and the file's ordinal.
STAGED_EVENTS = pa.schema(
    [
        *(field.with_nullable(True) if field.name == "event_id" else field for field in EVENTS),
        pa.field("content", pa.string(), nullable=False),
        _FILE,
    ]
)
STAGED_USERS = pa.schema([*USERS, _FILE])


class _Table:
    """One staging file that is open for writing."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None
        self.rows: list[dict[str, Any]] = []

    def flush(self) -> None:
        if not self.rows:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path, self._schema, compression="lz4", write_statistics=False
            )
        blank = dict.fromkeys(self._schema.names)
        cells = itemgetter(*self._schema.names)
        columns = zip(*(cells({**blank, **row}) for row in self.rows), strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self.rows = []

    def close(self) -> None:
        self.flush()
        if self._writer is not None:
            self._writer.close()


class Staging:
    """Takes rows as mappings with the columns of STAGED_EVENTS and STAGED_USERS; what is absent is null."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._events = _Table(folder / "events.parquet", STAGED_EVENTS)
        self._users = _Table(folder / "users.parquet", STAGED_USERS)
        self._folder = folder
        self._parts: list[tuple[Path, Path]] = []
        self._text_held = 0

    def new_parts(self) -> tuple[Path, Path]:
        """Where another writer puts rows of its own: events, and users."""
        number = len(self._parts)
        parts = (self._folder / f"events-{number}.parquet", self._folder / f"users-{number}.parquet")
        self._parts.append(parts)
        return parts

    def take(self, events: list[dict[str, Any]], statements: list[dict[str, Any]], text: int) -> None:
        """Keep the rows of one record of `text` characters."""
        self._events.rows.extend(events)
        self._users.rows.extend(statements)
        self._text_held += text
        held = len(self._events.rows) + len(self._users.rows)
        if held >= ROWS_HELD or self._text_held >= TEXT_HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        self._events.flush()
        self._users.flush()
        self._text_held = 0

    def close(self) -> None:
        """Write what is held and end the files."""
        self._events.close()
        self._users.close()

    @property
    def events(self) -> tuple[Path, ...]:
        """The staging files of events, none where there were no events."""
        return _existing([self._events.path, *(events for events, _ in self._parts)])

    @property
    def users(self) -> tuple[Path, ...]:
        """The staging files of statements, none where there were no statements."""
        return _existing([self._users.path, *(users for _, users in self._parts)])


def _existing(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.exists())
