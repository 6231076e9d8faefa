"""Rows on their way to the lake: gathered in memory by the ten thousand, then written to staging parquet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from transforms.ingest.staged_rows import StagedRows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from transforms.ingest.statements import Statement

#: Flushed at this many rows, or at this much text (characters of the documents they come from).
ROWS_HELD = 50_000
TEXT_HELD = 32 * 1024 * 1024


class Staging:
    """Takes rows, and says in which files they lie."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rows = StagedRows()
        self._text_held = 0
        self._parts: list[tuple[Path, Path]] = []

    def new_parts(self) -> tuple[Path, Path]:
        """Where rows are to be written: events, and statements."""
        # A process that outlives a killed ingest by a moment must not write to a file of the next one.
        number = f"{os.getpid()}-{len(self._parts)}"
        parts = (self._folder / f"events-{number}.parquet", self._folder / f"users-{number}.parquet")
        self._parts.append(parts)
        return parts

    def take(
        self,
        columns: Mapping[str, Any],
        events: Sequence[dict[str, Any]],
        statements: Sequence[Statement],
        text: int,
    ) -> None:
        """Keep the rows of one record of `text` characters; `columns` are RECORD_COLUMNS."""
        record = self._rows.add_record(columns)
        for event in events:
            self._rows.add_event(record, event)
        self._rows.add_statements(record, statements)
        self._text_held += text
        if self._rows.count >= ROWS_HELD or self._text_held >= TEXT_HELD:
            self.flush()

    def take_all(self, rows: StagedRows) -> None:
        """Write rows, and clear them."""
        if rows.count:
            write_rows(rows, *self.new_parts())
        rows.clear()

    def flush(self) -> None:
        """Write what is held."""
        self.take_all(self._rows)
        self._text_held = 0

    @property
    def events(self) -> tuple[Path, ...]:
        """The staging files of events, none where there were no events."""
        return _existing([events for events, _ in self._parts])

    @property
    def users(self) -> tuple[Path, ...]:
        """The staging files of statements, none where there were no statements."""
        return _existing([users for _, users in self._parts])


def write_rows(rows: StagedRows, events: Path, users: Path) -> None:
    """Write rows to two parquet files, neither where it would be empty."""
    _write(rows.events(), events, "event_at")
    _write(rows.statements(), users, "said_at")


def _write(table: pa.Table, path: Path, instant: str) -> None:
    if table.num_rows:
        # By its instants a file is passed over while other days are merged.
        pq.write_table(table, path, compression="lz4", write_statistics=[instant])  # pyright: ignore[reportArgumentType]


def _existing(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.exists())
