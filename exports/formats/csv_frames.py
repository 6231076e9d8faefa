"""Frames as CSV, as a partner's format has it. Values are written as they are, as in csv.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exports.formats.format import Csv


def write_frames(format: Csv, opened: BinaryIO, frames: Iterable[pl.DataFrame]) -> None:
    """Write a header, if there is one, and the rows of frames; the first one says the columns, also without rows."""
    has_header = format.has_header
    for frame in frames:
        # An empty value and none are the same to whoever reads CSV; quotes around nothing are not.
        texts = frame.with_columns(pl.col(pl.String).replace("", None))
        texts.write_csv(
            opened,
            include_header=has_header,
            separator=format.delimiter,
            line_terminator=format.newline,
            quote_style="necessary" if format.quotes == "needed" else "always",
            datetime_format="%Y-%m-%dT%H:%M:%SZ",
        )
        has_header = False
