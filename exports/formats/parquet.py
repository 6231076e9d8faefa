"""Parquet with row groups of a fixed size, so that the same rows give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import pyarrow.parquet as pq

from exports.formats.slices import slices

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

_ROWS_IN_GROUP = 100_000


def write_parquet(opened: BinaryIO, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames with the same columns; the first one says which, also where it has no rows."""
    remaining = iter(frames)
    first = next(remaining)
    schema = first.to_arrow().schema

    def all_frames() -> Iterable[pl.DataFrame]:
        yield first
        yield from remaining

    with pq.ParquetWriter(opened, schema, compression="zstd") as writer:
        for frame in slices(all_frames(), _ROWS_IN_GROUP):
            writer.write_table(frame.to_arrow().cast(schema), row_group_size=_ROWS_IN_GROUP)
