"""Ingest: what landed since the last time, into the lake (spec §2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from transforms.contracts import EVENTS, USERS
from transforms.errors import failure
from transforms.ingest import transaction as transactions
from transforms.ingest.counts import Counts, FileReport, IngestReport
from transforms.ingest.formats import format_named
from transforms.ingest.ip_geolocation import opened_geolocation
from transforms.ingest.landing import LandingFile, Opened, file_digest, landing_files, opened
from transforms.ingest.ledger import FOLDER, Ledger, LedgerEntry, read_ledger, write_segment
from transforms.ingest.merge import FileEvents, merge
from transforms.ingest.partitions import EMPTY_DAY, day_place, write_empty
from transforms.ingest.reading import Reading
from transforms.ingest.rejection import FileRejected
from transforms.ingest.sample import update_sample_after
from transforms.ingest.sink import Quarantine, Sink
from transforms.ingest.source import Source
from transforms.ingest.staging import Staging
from transforms.ingest.values import END_OF_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transforms.definitions.records import Input
    from transforms.ingest.ip_geolocation import IpGeolocation
    from transforms.ingest.transaction import Transaction


def ingest(
    inputs: tuple[Input, ...],
    data: Path,
    login_identities: tuple[str, ...],
    ip_geolocation: str | None = None,
) -> IngestReport:
    """Bring every file that landed since the last time into the lake, all of them or none.

    Afterwards `lake/events` and `lake/users` hold at least one parquet file each. A file whose bytes were
    ingested before is left alone. UserError `disk_full` and `ingest_running` as transaction() says; nothing of
    the lake has changed then. So for an `ip_geolocation` that can't be read, as opened_geolocation() says.
    """
    with (
        opened_geolocation(ip_geolocation, data) as geolocation,
        transactions.transaction(data) as transaction,
    ):
        report = _Ingest(data, login_identities, transaction, geolocation).run(inputs)
    update_sample_after(data, login_identities)
    return report


def recover(data: Path) -> None:
    """Complete or take back an ingest that was killed; ingest() does that by itself."""
    transactions.recover(data)


@dataclass(frozen=True)
class _ReadFile:
    """A file that was read; its quarantine comes to `place`."""

    sink: Sink
    quarantine: Path
    place: str


class _Ingest:
    """One ingest from landing to commit."""

    def __init__(
        self,
        data: Path,
        login_identities: tuple[str, ...],
        transaction: Transaction,
        geolocation: IpGeolocation | None,
    ) -> None:
        self._data = data
        self._geolocation = geolocation
        self._login_identities = login_identities
        self._transaction = transaction
        self._ledger: Ledger = read_ledger(data)
        self._staging = Staging(transaction.work / "staging")
        self._entries: list[LedgerEntry] = []
        self._rejected: set[int] = set()
        self._unchanged = 0
        self._files: list[_ReadFile] = []

    def run(self, inputs: tuple[Input, ...]) -> IngestReport:
        files = list(self._new_files(inputs))
        text = sum(file.size for file in files if file.input.format == "batches")
        with Reading(self._staging, text=text) as reading:
            for file in files:
                self._take(file, reading)
            reading.finish()
        self._staging.flush()
        for file in self._files:
            file.sink.end()
            if file.quarantine.exists():
                file.quarantine.replace(self._transaction.new_file(file.place))
        scratch = self._transaction.work / "scratch"
        days: tuple[str, ...] = ()
        if any(entry.status == "ingested" for entry in self._entries):
            merged = merge(self._data, self._staging, frozenset(self._rejected), scratch, self._transaction)
            days = merged.days
            for ordinal, entry in enumerate(self._entries, start=1):
                _count(entry.counts, merged.files.get(ordinal, FileEvents()))
        written = self._write_empty_tables(days)
        segment = self._ledger.next_segment if self._entries else None
        if segment is not None:
            write_segment(self._transaction.new_file(f"{FOLDER}/{segment}.jsonl"), self._entries)
        if segment is not None or written:
            self._transaction.commit()
        reports = (FileReport(entry.input, entry.path, entry.status, entry.counts) for entry in self._entries)
        return IngestReport(tuple(reports), days, segment, self._unchanged)

    def _new_files(self, inputs: tuple[Input, ...]) -> Iterator[LandingFile]:
        for source in inputs:
            for file in landing_files(source, self._data):
                before = self._ledger.at(source.key, file.path)
                if before is not None and (before.size, before.mtime_ns) == (file.size, file.mtime_ns):
                    self._unchanged += 1
                else:
                    yield file

    def _take(self, file: LandingFile, reading: Reading) -> None:
        key = file.input.key
        before = self._ledger.at(key, file.path)
        arrival = _arrival(file.mtime_ns) if before is None else before.arrival
        try:
            if self._ledger.may_know(key, file.size):
                digest = file_digest(file.location)
                if self._ledger.knows(key, digest):
                    self._enter(file, arrival, digest, "copy", Counts())
                    return
            self._read(file, arrival, reading)
        except FileNotFoundError:
            # It was taken away after the folder was listed: then it did not land.
            return
        except PermissionError:
            raise failure(
                "landing_unreadable",
                f"{key}: {file.path} can't be opened: nothing was ingested",
                "let the user that runs milepost read it",
            ) from None

    def _read(self, file: LandingFile, arrival: int, reading: Reading) -> None:
        ordinal = len(self._entries) + 1
        source = Source(
            workspace=file.input.workspace,
            input=file.input.key,
            path=file.path,
            ordinal=ordinal,
            arrival=arrival,
            mapping=file.input.mapping,
            login_types=self._login_identities,
            scratch=self._transaction.work,
            geolocation=self._geolocation,
        )
        place = f"quarantine/{self._ledger.next_segment}-{ordinal}.jsonl"
        quarantine = Quarantine(self._transaction.work / "quarantine" / f"{ordinal}.jsonl", source)
        sink = Sink(self._staging, reading, quarantine)
        status: Literal["ingested", "rejected"] = "ingested"
        found: Opened | None = None
        try:
            with opened(file.location) as found:
                format_named(file.input.format).read(found.stream, source, sink)
        except FileRejected as rejected:
            status = "rejected"
            self._rejected.add(ordinal)
            sink.reject_file(rejected)
        self._files.append(_ReadFile(sink, quarantine.path, place))
        digest = found.digest if found is not None else ""
        self._enter(file, arrival, digest, status, sink.counts)

    def _enter(
        self,
        file: LandingFile,
        arrival: int,
        digest: str,
        status: Literal["ingested", "copy", "rejected"],
        counts: Counts,
    ) -> None:
        entry = LedgerEntry(
            input=file.input.key,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            arrival=arrival,
            sha256=digest,
            status=status,
            counts=counts,
        )
        self._ledger.add(entry)
        self._entries.append(entry)

    def _write_empty_tables(self, days: tuple[str, ...]) -> bool:
        """A table without any file gets an empty one, so that a glob over it always finds something."""
        written = False
        for table, schema in (("events", EVENTS), ("users", USERS)):
            has_new = any((self._transaction.work / "new" / day_place(table, day)).exists() for day in days)
            if not has_new and not any((self._data / "lake" / table).glob("*/*.parquet")):
                write_empty(self._transaction.new_file(day_place(table, EMPTY_DAY)), schema)
                written = True
        return written


def _arrival(mtime_ns: int) -> int:
    return min(max(mtime_ns // 1000, 0), END_OF_TIME - 1)


def _count(counts: Counts, events: FileEvents) -> None:
    counts.events_kept = events.kept
    counts.events_duplicate = events.duplicate
    counts.events_conflicting = events.conflicting
    counts.events_reused = events.reused
    counts.events_late = events.late
