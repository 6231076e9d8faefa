"""What `data/sample` holds and of which lake it was made: `sample.json`, swapped in one step."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from transforms.durable import replace_bytes

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "sample"
TABLES = ("events", "users")
_RECORD = "sample.json"
#: Counts up when files of an earlier version of Milepost can't be used.
_FORMAT = 2

#: A file of the lake as it was when it was read: name, size, modification time in nanoseconds.
Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class SampledDay:
    """One day of one table of the lake.

    `file` holds the rows of the users up to the point `upto` (None: the lake's own files are read). `bears_logins`:
    some of its rows, sampled or not, bear a login identity in the place of an mpid. `others` are the files of the rows of
    other mpids that decide about sampled users, by their kind (OTHERS of sample_sql.py).
    """

    stamps: tuple[Stamp, ...]
    file: str | None = None
    upto: str | None = None
    bears_logins: bool = False
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SampleRecord:
    """What there is of a sample of at most `most` users; names of files are relative to `data/sample`.

    `users` are all users of the lake, `known` the files with their mpids. Where they are no more than `most` the
    sample is the lake itself; else `sampled` is the file of those who are in it, `sets` are those of what brings rows of
    other mpids, by name, and `others` those of all such rows, by table. `number` counts up with each change.
    """

    number: int
    most: int
    login_types: tuple[str, ...]
    users: int
    known: tuple[str, ...]
    sampled: str | None
    sets: dict[str, str]
    others: dict[str, str]
    days: dict[str, dict[str, SampledDay]]

    @property
    def is_whole(self) -> bool:
        """Whether every user of the lake is in the sample."""
        return self.sampled is None

    def files(self) -> set[str]:
        """The names of all files that belong to it."""
        days = [day for table in self.days.values() for day in table.values()]
        of_days = (name for day in days for name in (day.file, *day.others.values()))
        names = (*self.known, self.sampled, *self.sets.values(), *self.others.values(), *of_days)
        return {name for name in names if name is not None}


def lake_stamps(lake: Path) -> dict[str, dict[str, tuple[Stamp, ...]]]:
    """Table → day → its files, without a look into them."""
    found: dict[str, dict[str, tuple[Stamp, ...]]] = {}
    for table in TABLES:
        days: dict[str, list[Stamp]] = {}
        for path in sorted((lake / table).glob("day=*/*.parquet")):
            state = path.stat()
            day = path.parent.name.removeprefix("day=")
            days.setdefault(day, []).append((path.name, state.st_size, state.st_mtime_ns))
        found[table] = {day: tuple(stamps) for day, stamps in days.items()}
    return found


def read_record(data: Path) -> SampleRecord | None:
    """The record of a data folder; None where there is none that this version can use."""
    path = data / FOLDER / _RECORD
    try:
        read = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    if read.pop("format") != _FORMAT:
        return None
    days = {
        table: {
            day: SampledDay(**{**fields, "stamps": tuple(map(tuple, fields["stamps"]))})
            for day, fields in found.items()
        }
        for table, found in read.pop("days").items()
    }
    known, login_types = tuple(read.pop("known")), tuple(read.pop("login_types"))
    return SampleRecord(**read, known=known, login_types=login_types, days=days)


def write_record(data: Path, record: SampleRecord) -> None:
    """Make `record` what readers find; its files have to be there."""
    text = json.dumps({"format": _FORMAT, **asdict(record)}, separators=(",", ":"))
    replace_bytes(data / FOLDER / _RECORD, text.encode())


def record_digest(record: SampleRecord) -> str:
    """A short text that is another one when the sample, or the lake behind it, is."""
    text = json.dumps(asdict(record), sort_keys=True, default=os.fspath)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
