"""All files of an ingest come into place, or none: prepared aside, committed by one rename, then moved.

    lake/.ingest/work/      everything that is being prepared; thrown away when there is no commit
    lake/.ingest/commit     the commit record: the files that are to be moved and where to, and those to be taken away

A killed ingest is completed, or taken back, by the next one; its outcome is the same bytes either way.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from transforms.durable import is_disk_full
from transforms.errors import failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Transaction:
    """Files that replace others when it commits."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._aside = data / "lake" / ".ingest"
        self._places: list[str] = []
        self._removed: list[str] = []
        self.work = self._aside / "work"
        self.work.mkdir(parents=True)

    def new_file(self, place: str) -> Path:
        """Where to write the file that comes to `place`, relative to the data folder."""
        self._places.append(place)
        path = self.work / "new" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remove(self, place: str) -> None:
        """Take away the file at `place`, relative to the data folder, once the new ones are there."""
        self._removed.append(place)

    def commit(self) -> None:
        """Bring all new files into place; from the rename of the record on, that can't be undone."""
        for place in self._places:
            _sync(self.work / "new" / place)
        record = self._aside / "commit.new"
        record.write_text(json.dumps({"files": self._places, "removed": self._removed}), "utf-8")
        _sync(record)
        record.replace(self._aside / "commit")
        _sync(self._aside)
        recover(self._data)


def recover(data: Path) -> None:
    """Complete an ingest that was committed and then killed; take back one that was not committed."""
    aside = data / "lake" / ".ingest"
    record = aside / "commit"
    if record.exists():
        folders: set[Path] = set()
        committed = json.loads(record.read_text("utf-8"))
        for place in committed["files"]:
            prepared, target = aside / "work" / "new" / place, data / place
            if prepared.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                prepared.replace(target)
                folders.update((target.parent, target.parent.parent))
        for place in committed["removed"]:
            (data / place).unlink(missing_ok=True)
            folders.add((data / place).parent)
        for folder in folders:
            _sync(folder)
        record.unlink()
        _sync(aside)
    if aside.exists():
        shutil.rmtree(aside)


@contextmanager
def transaction(data: Path) -> Iterator[Transaction]:
    """One ingest at a time: prepare files in it, then commit. What is not committed is thrown away.

    Failure `ingest_running` where another process ingests into this folder, `disk_full` where no space is left.
    """
    (data / "lake").mkdir(parents=True, exist_ok=True)
    with (data / "lake" / ".ingest.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise failure(
                "ingest_running",
                "another ingest is running on this data folder",
                "try again when it has ended",
            ) from None
        recover(data)
        current = Transaction(data)
        try:
            yield current
        except Exception as error:
            recover(data)
            if is_disk_full(error):
                raise failure(
                    "disk_full",
                    f"no space is left on the disk of {data}: nothing was ingested",
                    "free some space and ingest again",
                ) from error
            raise
        recover(data)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
