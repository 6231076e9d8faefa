"""What was ingested: one segment of JSON lines for each ingest that found something, in `ledger/files`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from transforms.ingest.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = "ledger/files"
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class LedgerEntry:
    """One file of one ingest. `arrival` is its modification time when it was first seen, µs since 1970."""

    input: str
    path: str
    size: int
    mtime_ns: int
    arrival: int
    sha256: str
    status: Literal["ingested", "copy", "rejected"]
    counts: Counts


class Ledger:
    """What is known of landing files, the newest entry of each path."""

    def __init__(self, entries: Iterable[LedgerEntry], segments: int) -> None:
        self._by_path: dict[tuple[str, str], LedgerEntry] = {}
        self._digests: set[tuple[str, str]] = set()
        self._sizes: set[tuple[str, int]] = set()
        self.next_segment = f"{segments + 1:06d}"
        for entry in entries:
            self.add(entry)

    def add(self, entry: LedgerEntry) -> None:
        """Know one more file."""
        self._by_path[entry.input, entry.path] = entry
        # The bytes of a rejected file may be good under another name: text that was called .gz, say.
        if entry.status != "rejected":
            self._digests.add((entry.input, entry.sha256))
            self._sizes.add((entry.input, entry.size))

    def at(self, source: str, path: str) -> LedgerEntry | None:
        """The newest entry of that path."""
        return self._by_path.get((source, path))

    def may_know(self, source: str, size: int) -> bool:
        """Whether a file of that size was ingested, so that its digest is worth taking."""
        return (source, size) in self._sizes

    def knows(self, source: str, sha256: str) -> bool:
        """Whether these bytes were ingested into that input."""
        return (source, sha256) in self._digests


def read_ledger(data: Path) -> Ledger:
    """The ledger of a data folder, empty where nothing was ingested."""
    segments = sorted((data / FOLDER).glob("*.jsonl"))
    return Ledger(
        (_entry(line) for segment in segments for line in segment.read_text("utf-8").splitlines() if line),
        int(segments[-1].stem) if segments else 0,
    )


def ended_at(data: Path) -> datetime | None:
    """When the last ingest that brought something ended, UTC; None where none did."""
    segments = sorted((data / FOLDER).glob("*.jsonl"))
    return _EPOCH + timedelta(microseconds=segments[-1].stat().st_mtime_ns // 1000) if segments else None


def _entry(line: str) -> LedgerEntry:
    fields = json.loads(line)
    return LedgerEntry(**{**fields, "counts": Counts(**fields["counts"])})


def write_segment(path: Path, entries: Iterable[LedgerEntry]) -> None:
    """Write one segment; the same entries give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")) + "\n")
