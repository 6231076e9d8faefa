"""CSV as RFC 4180 has it: CRLF, UTF-8 without a byte-order mark, quotes only where they are needed.

These are machine files: values are written as they are. Prefixing those that a spreadsheet would run as a
formula would corrupt phone numbers and negative mpids (partners.md §6.2).
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
