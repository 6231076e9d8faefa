"""Sends the rows of a file to the sink, and gathers rows that are lines of one event in flat memory."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.engine import calculator
from transforms.ingest.mapped_rows import Cell, Row, RowReader
from transforms.ingest.rejection import Rejected
from transforms.ingest.values import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source

_HELD = 20_000
# Events in the order of their first lines.
_GROUPED = """
select min(line) over (partition by key) as first_line, * exclude (key)
from lines
order by first_line, line
"""


class RowStream:
    """Takes the rows of one file, one by one; close() when there are no more."""

    def __init__(self, reader: RowReader, source: Source, sink: Sink, columns: list[str]) -> None:
        self._reader = reader
        self._sink = sink
        self._lines: _Lines | None = None
        if reader.mapping.record == "event" and reader.mapping.lines_of:
            self._lines = _Lines(source.scratch / f"lines-{source.ordinal}", columns)

    def take(self, row: Row) -> None:
        """One row."""
        if self._lines is not None:
            self._lines.add(self._reader.group_key(row), row)
        elif self._reader.mapping.record == "user":
            self._take_user(row)
        else:
            self._take_event([row])

    def close(self) -> None:
        """Make the events whose lines were gathered."""
        if self._lines is not None:
            for rows in self._lines.groups():
                self._take_event(rows)

    def _take_user(self, row: Row) -> None:
        try:
            record = self._reader.user(row)
        except Rejected as rejected:
            self._sink.reject_record(rejected, row.raw, row.line)
        else:
            self._sink.take(record, _size(row))

    def _take_event(self, rows: list[Row]) -> None:
        try:
            record = self._reader.event(rows)
        except Rejected as rejected:
            for place, row in enumerate(rows):
                self._sink.reject_record(rejected, row.raw, row.line, events=1 if place == 0 else 0)
        else:
            self._sink.take(record, sum(map(_size, rows)))
            self._sink.also_parsed(len(rows) - 1)


def _size(row: Row) -> int:
    return sum(map(len, filter(None, row.cells.values())))


class _Lines:
    """Rows of a file on disk, to be read again event by event. Lists among the cells become JSON."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self._path = path
        self._columns = columns
        # The columns of the file may have any names, also those of this schema.
        cells = [pa.field(f"cell_{place}", pa.string()) for place in range(len(columns))]
        self._schema = pa.schema([pa.field("key", pa.string()), pa.field("line", pa.int64()), *cells])
        self._writer = pq.ParquetWriter(path, self._schema, compression="lz4", write_statistics=False)
        self._held: list[tuple[Any, ...]] = []

    def add(self, key: str, row: Row) -> None:
        self._held.append((key, row.line, *map(_as_text, row.cells.values())))
        if len(self._held) >= _HELD:
            self._flush()

    def groups(self) -> Iterator[list[Row]]:
        self._flush()
        self._writer.close()
        with calculator(self._path.with_name(f"{self._path.name}-sort")) as connection:
            connection.read_parquet(str(self._path)).create_view("lines")
            reader = connection.sql(_GROUPED).to_arrow_reader(_HELD)
            for _, group in itertools.groupby(_tuples(reader), key=operator.itemgetter(0)):
                yield [Row(line, dict(zip(self._columns, cells, strict=True))) for _, line, *cells in group]
        self._path.unlink()

    def _flush(self) -> None:
        if self._held:
            columns = zip(*self._held, strict=True)
            arrays = [
                pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._held = []


def _tuples(reader: pa.RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    for batch in reader:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _as_text(cell: Cell) -> str | None:
    return to_json(cell) if isinstance(cell, list) else cell
