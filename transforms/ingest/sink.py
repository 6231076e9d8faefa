"""Where a reader puts what it finds in one file: rows to staging, what can't be used to quarantine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from transforms.ingest.counts import Counts
from transforms.ingest.json_documents import KEPT_OF_RAW

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from transforms.ingest.plain.columns import Columns, PlainLines, TakenLines
    from transforms.ingest.rejection import Rejected
    from transforms.ingest.source import Source
    from transforms.ingest.staging import Staging


class Quarantine:
    """The bad records of one file, one JSON object a line; no file where there are none."""

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self._source = source
        self._file: Any = None

    def add(self, rejected: Rejected, raw: str, line: int | None, event_index: int | None) -> None:
        """Keep one bad record, or one bad event of a record, with at most 65,536 characters of its text."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")
        entry = {
            "workspace": self._source.workspace,
            "input": self._source.input,
            "file": self._source.path,
            "line": line,
            "event_index": event_index,
            "code": rejected.code,
            "reason": rejected.reason,
            "raw": raw[:KEPT_OF_RAW],
            "raw_is_cut": len(raw) >= KEPT_OF_RAW,
        }
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        # Bytes that were not UTF-8 are lone surrogates here, and are written as \\udcXX, which JSON allows.
        self._file.write(text.encode("utf-8", "backslashreplace") + b"\n")

    def start_again(self) -> None:
        """Forget what was kept: the file is rejected as a whole."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()

    def close(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()


class Sink:
    """Counts, stages and quarantines what one file holds."""

    def __init__(self, staging: Staging, columns: Columns, quarantine: Quarantine) -> None:
        self._staging = staging
        self._columns = columns
        self._at_end: Callable[[], None] | None = None
        self._quarantine = quarantine
        self.counts = Counts()

    def take(self, events: list[dict[str, Any]], statements: list[dict[str, Any]], text: int) -> None:
        """One good record with its good events."""
        self.counts.records_read += 1
        self.counts.records_parsed += 1
        self.counts.events_read += len(events)
        self._staging.take(events, statements, text)

    def start_lines(self, lines: PlainLines, source: Source) -> Future[TakenLines]:
        """Begin to take plain lines to staging by columns; what comes of it is for took_lines()."""
        return self._columns.start(lines, source, *self._staging.new_parts())

    def took_lines(self, taken: TakenLines) -> None:
        """Count what was taken of plain lines."""
        self.counts.records_read += taken.records
        self.counts.records_parsed += taken.records
        self.counts.events_read += taken.events

    def at_end(self, work: Callable[[], None]) -> None:
        """Put off what is left to do of this file, so that the next one can be read meanwhile."""
        self._at_end = work

    def also_parsed(self, records: int) -> None:
        """Further records that are part of one already taken: the rows of an event of many lines."""
        self.counts.records_read += records
        self.counts.records_parsed += records

    def reject_event(self, rejected: Rejected, raw: str, line: int, index: int) -> None:
        """One bad event of a record that is good otherwise."""
        self.counts.events_read += 1
        self.counts.events_quarantined += 1
        self._quarantine.add(rejected, raw, line, index)

    def reject_record(self, rejected: Rejected, raw: str, line: int, events: int = 0) -> None:
        """One bad record, with the number of events that were in it."""
        self.counts.records_read += 1
        self.counts.records_quarantined += 1
        self.counts.events_read += events
        self.counts.events_quarantined += events
        self._quarantine.add(rejected, raw, line, None)

    def reject_file(self, rejected: Rejected) -> None:
        """The whole file: one record that can't be read. What was read of it before does not count."""
        self.counts = Counts()
        self._quarantine.start_again()
        self.reject_record(rejected, "", 1)

    def close(self) -> None:
        """Do what was put off, and end the quarantine's file."""
        if self._at_end is not None:
            self._at_end()
        self._quarantine.close()
