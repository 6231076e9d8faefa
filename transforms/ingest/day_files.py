"""Which file takes the rows that an ingest brings to a day: the day's own, written anew, or one more beside it.

Some late events come to each of the last days. To write a day of half a million events anew for a hundred late ones took
five times as long as the ingest of the new day; so they wait in small files until they are worth it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

#: Rows from which a day is worth sparing. Smaller ones are written anew: always one file, whatever came when.
LARGE_DAY = 100_000
#: The rows that wait beside a day are at most one in so many.
WAITING = 8
#: And wait in fewer files than this.
MOST_FILES = 16


@dataclass(frozen=True)
class DayFiles:
    """The files of one day of a table, and the rows in the first and in all others; the first is the oldest.

    `arriving` are the rows that an ingest brings, of which the day may have some already.
    """

    folder: Path
    files: tuple[Path, ...]
    rows: int
    waiting: int
    arriving: int

    @property
    def is_large(self) -> bool:
        """Whether late rows may wait beside it."""
        return self.rows >= LARGE_DAY

    def has_room_for(self, new: int) -> bool:
        """Whether so many new rows are to wait, too."""
        return self.is_large and (self.waiting + new) * WAITING <= self.rows and len(self.files) < MOST_FILES

    @property
    def next_part(self) -> int:
        """The number of a file beside the others."""
        return 1 + max(int(file.stem.rpartition("-")[2]) for file in self.files)


def files_of_day(folder: Path, arriving: int) -> DayFiles:
    """What `lake/TABLE/day=YYYY-MM-DD` holds, which need not exist, and how many rows arrive for it."""
    files = tuple(sorted(folder.glob("part-*.parquet"), key=lambda file: (len(file.name), file.name)))
    counts = [pq.read_metadata(file).num_rows for file in files]
    return DayFiles(folder, files, counts[0] if counts else 0, sum(counts[1:]), arriving)
