"""Where a reader puts what it finds in one file: rows to staging, what can't be used to quarantine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from transforms.ingest.counts import Counts
from transforms.ingest.json_documents import array_not_closed
from transforms.ingest.rejection import KEPT_OF_RAW, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transforms.ingest.batch_reader import Taken
    from transforms.ingest.mapped_rows import MappedRecord
    from transforms.ingest.reading import Block, Reading
    from transforms.ingest.rejection import Rejected
    from transforms.ingest.source import Source
    from transforms.ingest.staged_rows import StagedRows
    from transforms.ingest.staging import Staging


class Quarantine:
    """The bad records of one file, one JSON object a line; no file where there are none."""

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self._source = source

    def add(self, rejections: Sequence[Rejection]) -> None:
        """Keep bad records, or bad events of a record."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.writelines(map(self._line, rejections))

    def _line(self, rejection: Rejection) -> bytes:
        entry = {
            "workspace": self._source.workspace,
            "input": self._source.input,
            "file": self._source.path,
            "line": rejection.line,
            "event_index": rejection.event_index,
            "code": rejection.code,
            "reason": rejection.reason,
            "raw": rejection.raw,
            "raw_is_cut": len(rejection.raw) >= KEPT_OF_RAW,
        }
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        # Bytes that were not UTF-8 are lone surrogates here, and are written as \\udcXX, which JSON allows.
        return text.encode("utf-8", "backslashreplace") + b"\n"

    def start_again(self) -> None:
        """Forget what was kept: the file is rejected as a whole."""
        self.path.unlink(missing_ok=True)


class Sink:
    """Counts, stages and quarantines what one file holds."""

    def __init__(self, staging: Staging, reading: Reading, quarantine: Quarantine) -> None:
        self._staging = staging
        self._reading = reading
        self._quarantine = quarantine
        self._open_arrays = 0
        self._is_rejected = False
        self.counts = Counts()
        #: The last line of a file that is read in blocks.
        self.last_line = 0

    def take(self, record: MappedRecord, text: int) -> None:
        """One good record of `text` characters."""
        self.counts.records_read += 1
        self.counts.records_parsed += 1
        self.counts.events_read += len(record.events)
        self._staging.take(record.columns, record.events, record.statements, text)

    def also_parsed(self, records: int) -> None:
        """Further records that are part of one already taken: the rows of an event of many lines."""
        self.counts.records_read += records
        self.counts.records_parsed += records

    def read_block(self, block: Block) -> None:
        """Have a block read, beside whatever comes next."""
        self._reading.add(block, self)

    def take_rows(self, rows: StagedRows, taken: Taken) -> None:
        """Rows of documents that come after the blocks; they are taken out of `rows`."""
        self._reading.finish()
        self._staging.take_all(rows)
        self.took(taken)

    def took(self, taken: Taken) -> None:
        """Count and quarantine what came of documents whose rows are staged."""
        if self._is_rejected:
            return
        self.counts.add(taken.counts)
        self._open_arrays += taken.open_arrays
        if taken.rejections:
            self._quarantine.add(taken.rejections)

    def reject_record(self, rejected: Rejected, raw: str, line: int, events: int = 0) -> None:
        """One bad record, with the number of events that were in it."""
        self.counts.records_read += 1
        self.counts.records_quarantined += 1
        self.counts.events_read += events
        self.counts.events_quarantined += events
        self._quarantine.add([Rejection.of(rejected, raw, line)])

    def reject_file(self, rejected: Rejected) -> None:
        """The whole file: one record that can't be read. What was read of it before, or is read yet, does not count."""
        self.counts = Counts()
        self._quarantine.start_again()
        self.reject_record(rejected, "", 1)
        self._is_rejected = True

    def end(self) -> None:
        """End the file, all of whose blocks were read."""
        if self._open_arrays > 0 and not self._is_rejected:
            self.reject_record(array_not_closed(), "", self.last_line)
