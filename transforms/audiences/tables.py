"""Parquet with the same bytes for the same rows, whatever batches the rows came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.durable import sync_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Rows of one row group. Readers of one audience skip whole groups by their statistics, so smaller is better
#: for `members`; under about 100,000 the footer grows faster than what is skipped.
ROWS_IN_GROUP = 100_000

Rows: TypeAlias = "pa.Table | pa.RecordBatchReader"


def write_rows(
    path: Path, schema: pa.Schema, rows: Rows, check: Callable[[pa.Table], None] | None = None
) -> int:
    """Write rows, already in their order, as zstd parquet of `schema`, synced; return how many.

    Columns are taken by name and cast. `check` sees each row group before it is written, in order. Memory
    holds one row group.
    """
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(schema, rows):
            if check:
                check(group)
            writer.write_table(group, row_group_size=ROWS_IN_GROUP)
            count += group.num_rows
    sync_file(path)
    return count


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
