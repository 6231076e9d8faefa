"""Parquet with the same bytes for the same rows, whatever batches the rows came in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.durable import link_file, sync_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Rows of one row group. Readers of one audience skip whole groups by their statistics, so smaller is better
#: for `members`; under about 100,000 the footer grows faster than what is skipped.
ROWS_IN_GROUP = 100_000

#: Columns of one value for many rows, which a dictionary makes next to nothing of.
_REPEATED = frozenset({"as_of"})
#: Texts of which nearly every one is another.
_SELDOM_REPEATED = frozenset({"identity_value"})

Rows: TypeAlias = "pa.Table | pa.RecordBatchReader"


def write_rows(
    path: Path, schema: pa.Schema, rows: Rows, check: Callable[[pa.Table], None] | None = None
) -> int:
    """Write rows, already in their order, as zstd parquet of `schema`, synced; return how many.

    Columns are taken by name and cast. `check` sees each row group before it is written, in order. Memory
    holds one row group.
    """
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd", **_encodings(schema)) as writer:
        for group in _groups(schema, rows):
            if check:
                check(group)
            writer.write_table(group, row_group_size=ROWS_IN_GROUP)
            count += group.num_rows
    sync_file(path)
    return count


def put_rows(
    path: Path, schema: pa.Schema, rows: Rows | Path, check: Callable[[pa.Table], None] | None = None
) -> None:
    """Write rows, or link a file that `write_rows` made of them; either way the same bytes."""
    if not isinstance(rows, Path):
        write_rows(path, schema, rows, check)
        return
    if check:
        file = pq.ParquetFile(rows)
        for number in range(file.num_row_groups):
            check(file.read_row_group(number))
    link_file(rows, path)


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Numbers and instants as differences, texts by a dictionary where they repeat.

    A dictionary of mpids would be tried for each row group and given up. The differences of a sorted list of them
    take three quarters of the bytes, and less time.
    """
    differences = {
        field.name: "DELTA_BINARY_PACKED"
        for field in schema
        if field.name not in _REPEATED and _is_whole(field.type)
    }
    repeated = [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in schema
        if field.name not in differences and field.name not in _SELDOM_REPEATED
    ]
    return {"use_dictionary": repeated, "column_encoding": differences}


def _is_whole(kind: pa.DataType) -> bool:
    return pa.types.is_int64(kind) or pa.types.is_timestamp(kind)


def _groups(schema: pa.Schema, rows: Rows) -> Iterator[pa.Table]:
    """Tables of ROWS_IN_GROUP rows (the last may have fewer), each in one chunk: chunks would show in pages."""
    reader = rows.to_reader() if isinstance(rows, pa.Table) else rows
    waiting: list[pa.Table] = []
    held = 0
    for batch in reader:
        table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
        waiting.append(table)
        held += table.num_rows
        while held >= ROWS_IN_GROUP:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, ROWS_IN_GROUP).combine_chunks()
            waiting = [joined.slice(ROWS_IN_GROUP)]
            held -= ROWS_IN_GROUP
    if held:
        yield pa.concat_tables(waiting).combine_chunks()
