"""Parquet: a row is a record, its values as text (spec §2.1, §2.2.6)."""

from __future__ import annotations

import errno
import shutil
import struct
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from transforms.errors import InternalError
from transforms.ingest.mapped_rows import Cell, Row, RowReader
from transforms.ingest.rejection import FileRejected
from transforms.ingest.row_stream import RowStream
from transforms.ingest.values import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.records import RowMapping
    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source

_ROWS = 5_000
_EPOCH = datetime(1970, 1, 1)


def read_parquet(stream: BinaryIO, source: Source, sink: Sink) -> None:
    """Every row of a file to the sink; its number from 1 counts as its line. FileRejected where it is broken."""
    if source.mapping is None:
        raise InternalError(f"{source.input} has no mapping")
    # Parquet is read from its end, and the stream may be compressed or hashed on its way.
    with tempfile.TemporaryFile(dir=source.scratch) as copy, _broken():
        shutil.copyfileobj(stream, copy, 1024 * 1024)
        copy.seek(0)
        file = pq.ParquetFile(copy)
        schema = file.schema_arrow
        columns = list(schema.names)
        mapping = _typed_time(source.mapping, schema)
        rows = RowStream(RowReader(mapping, source, columns), source, sink, columns)
        line = 0
        for batch in file.iter_batches(_ROWS):
            cells = [_cells(column) for column in batch.columns]
            for values in zip(*cells, strict=True):
                line += 1
                rows.take(Row(line, dict(zip(columns, values, strict=True))))
        rows.close()


@contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except pa.ArrowInvalid:
        raise FileRejected("not_parquet", "is not a good parquet file") from None
    except OSError as error:
        # Arrow gives a broken page as OSError without a number; a full disk has one and is not the file's fault.
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise FileRejected("not_parquet", "is not a good parquet file") from None


def _typed_time(mapping: RowMapping, schema: pa.Schema) -> RowMapping:
    """A column that is a timestamp or a date needs no format."""
    if mapping.time is None or mapping.time.column not in schema.names:
        return mapping
    kind = schema.field(mapping.time.column).type
    if types.is_timestamp(kind) or types.is_date(kind):
        return replace(mapping, time=replace(mapping.time, format=None))
    return mapping


def _cells(column: pa.Array) -> list[Cell]:
    kind = column.type
    if types.is_dictionary(kind):
        return _cells(column.dictionary_decode())
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return [None if value is None else [_text(item) for item in value] for value in _python(column)]
    if types.is_float32(kind):
        return [None if value is None else _short_float(value) for value in column.to_pylist()]
    if types.is_timestamp(kind):
        zone = "Z" if kind.tz is not None else ""
        micros = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
        return [None if value is None else _instant(value) + zone for value in micros.to_pylist()]
    if types.is_integer(kind) or types.is_boolean(kind):
        return column.cast(pa.string()).to_pylist()
    if types.is_string(kind) or types.is_large_string(kind):
        return [value or None for value in column.to_pylist()]
    if types.is_float64(kind):
        return [None if value is None else repr(value) for value in column.to_pylist()]
    return [_text(value) or None for value in _python(column)]


def _python(column: pa.Array) -> list[Any]:
    try:
        return column.to_pylist()
    except (ValueError, OverflowError):
        # Nanoseconds, or a date that Python does not have.
        return column.cast(pa.string()).to_pylist()


def _text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            naive = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
            return naive.isoformat(" ") + ("" if value.tzinfo is None else "Z")
        case date() | time():
            return value.isoformat()
        case bytes():
            return _bytes(value)
        case dict():
            return to_json({str(key): _plain(item) for key, item in value.items()})
        case _:
            return to_json(_plain(value))


def _plain(value: Any) -> Any:
    """The value with what JSON lacks as text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case timedelta():
            return str(value)
        case _:
            return _text(value)


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _short_float(value: float) -> str:
    """The shortest text that is this number among those of 32 bits."""
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return repr(float(text))
    return repr(value)


def _instant(micros: int) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=micros)).isoformat(" ")
    except OverflowError:
        return str(micros)
