"""What became of each file: the numbers that prove that nothing was lost (spec §2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass
class Counts:
    """records_read = records_parsed + records_quarantined; events_read = events_kept + events_duplicate +
    events_quarantined. `conflicting` are among the duplicates, `reused` and `late` among the kept.
    """

    records_read: int = 0
    records_parsed: int = 0
    records_quarantined: int = 0
    events_read: int = 0
    events_kept: int = 0
    events_duplicate: int = 0
    events_quarantined: int = 0
    #: Copies that differ from the event of the same id and day that was ingested first.
    events_conflicting: int = 0
    #: Kept events whose id an event of another day has already.
    events_reused: int = 0
    #: Kept events more than an hour past their receipt.
    events_late: int = 0

    def add(self, other: Counts) -> None:
        """Add the numbers of another file."""
        for field in fields(Counts):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


@dataclass(frozen=True)
class FileReport:
    """One landing file that this ingest looked into. `path` is relative to the input's landing folder.

    `status`: `ingested`; `copy` (its bytes were ingested before, nothing was read); `rejected` (all of it is
    in quarantine).
    """

    input: str
    path: str
    status: str
    counts: Counts


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. `days` are those whose partitions were written, `YYYY-MM-DD`, in order.

    `segment` is the name of the ledger's segment, None where nothing landed since the last time.
    """

    files: tuple[FileReport, ...]
    days: tuple[str, ...]
    segment: str | None
    unchanged_files: int

    @property
    def totals(self) -> Counts:
        """The numbers of all files together."""
        total = Counts()
        for file in self.files:
            total.add(file.counts)
        return total
