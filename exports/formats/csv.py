"""CSV as RFC 4180 has it: CRLF, UTF-8 without a byte-order mark, quotes only where they are needed.

These are machine files: values are written as they are. Prefixing those that a spreadsheet would run as a
formula would corrupt phone numbers and negative mpids (partners.md §6.2).
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from exports.formats.format import Csv

_ROWS_IN_CHUNK = 10_000


def write_csv(
    write: Callable[[bytes], object], header: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """Give a header and rows to `write` in chunks of bytes; return the number of rows."""
    write(_encoded([header]))
    count = 0
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_IN_CHUNK)):
        write(_encoded(chunk))
        count += len(chunk)
    return count


def _encoded(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


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
