"""What each channel was told, so that it is told once: lines of JSON that only grow."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from exports.notices.notice import Notice


class Told:
    """The file of what was told, held alone: see telling()."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: set[tuple[str, str]] = set()
        noted = path.read_bytes() if path.exists() else b""
        self._is_cut_short = noted[-1:] not in (b"", b"\n")
        for line in noted.splitlines():
            entry = _entry(line)
            if entry is not None:
                self._known.add(entry)

    def untold(self, channel: str, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """Those that the channel was not told."""
        return tuple(notice for notice in notices if (channel, notice.key) not in self._known)

    def add(self, channel: str, notices: tuple[Notice, ...], at: datetime) -> None:
        """Note, durably, that the channel was told."""
        with self._path.open("ab") as file:
            if self._is_cut_short:
                # What is noted now would be a part of the line that a crash left without its end.
                file.write(b"\n")
                self._is_cut_short = False
            for notice in notices:
                entry = {"channel": channel, "key": notice.key, "at": iso(at)}
                file.write(json.dumps(entry).encode() + b"\n")
                self._known.add((channel, notice.key))
            file.flush()
            os.fsync(file.fileno())


def _entry(line: bytes) -> tuple[str, str] | None:
    """One line, None where a crash cut it short."""
    try:
        entry = json.loads(line)
        return entry["channel"], entry["key"]
    except (ValueError, KeyError, TypeError):
        return None


@contextmanager
def telling(path: Path) -> Iterator[Told]:
    """Hold what was told for the block: two runs that end at once don't tell the same twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Told(path)
