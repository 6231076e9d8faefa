"""Reads the documents of a file of batches to rows, and says what of them can't be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.ingest.batch import events_of, read_batch
from transforms.ingest.batch_events import content_digest, digest_suffix, read_event
from transforms.ingest.batch_statements import TimedEvent, batch_statements, may_say
from transforms.ingest.counts import Counts
from transforms.ingest.event_shapes import Shape, ShapedEvent, shape_of
from transforms.ingest.rejection import Rejected, Rejection
from transforms.ingest.values import END_OF_TIME, FIRST_MILLISECOND, canonical_json, to_json, usable_epoch

if TYPE_CHECKING:
    from transforms.ingest.batch import Batch
    from transforms.ingest.json_documents import Document
    from transforms.ingest.source import Source
    from transforms.ingest.staged_rows import StagedRows

_LAST_MILLISECOND = END_OF_TIME // 1000


@dataclass(frozen=True)
class Taken:
    """What came of documents of one file; `open_arrays` as Documents says."""

    counts: Counts
    rejections: tuple[Rejection, ...]
    open_arrays: int = 0


class BatchReader:
    """Takes the documents of one file in their order to `rows`."""

    def __init__(self, source: Source, rows: StagedRows) -> None:
        self._source = source
        self._rows = rows
        self._place = _Place()
        self._counts = Counts()
        self._rejections: list[Rejection] = []

    def taken(self, open_arrays: int = 0) -> Taken:
        """What came of the documents since it was asked before."""
        taken = Taken(self._counts, tuple(self._rejections), open_arrays)
        self._counts, self._rejections = Counts(), []
        return taken

    def take(self, document: Document) -> None:
        """One document, good or bad."""
        if document.problem is not None:
            self._reject(Rejected(*document.problem), document, events=0)
            return
        try:
            self._read(document.value, document.line)
        except Rejected as rejected:
            listed = document.value.get("events")
            self._reject(rejected, document, events=len(listed) if isinstance(listed, list) else 0)
        except RecursionError:
            self._reject(Rejected("too_deep", "is nested too deeply"), document, events=0)

    def _reject(self, rejected: Rejected, document: Document, *, events: int) -> None:
        self._rejections.append(Rejection.of(rejected, document.raw, document.line))
        self._counts.records_read += 1
        self._counts.records_quarantined += 1
        self._counts.events_read += events
        self._counts.events_quarantined += events

    def _read(self, body: dict[str, Any], line: int) -> None:
        batch = read_batch(body, self._source, line)
        found = _Events(batch, self._place.events_before(line))
        for index, event in enumerate(events_of(body)):
            found.take(index, event)
        statements = batch_statements(batch, found.saying, found.newest, self._place.statements_before(line))
        self._place.passed(line, found.last + 1, len(statements))
        bad = [Rejection.of(rejected, to_json(event), line, index) for rejected, event, index in found.bad]
        self._keep(batch, found, statements)
        self._rejections += bad
        self._counts.records_read += 1
        self._counts.records_parsed += 1
        self._counts.events_read += found.count
        self._counts.events_quarantined += len(bad)

    def _keep(self, batch: Batch, found: _Events, statements: list[Any]) -> None:
        record = self._rows.add_record(batch.columns)
        for shape, index, event_at, event, digest in found.shaped:
            self._rows.shapes.add(shape, ShapedEvent(record, index, event_at, event, batch, digest))
        for row in found.rows:
            self._rows.add_event(record, row)
        self._rows.add_statements(record, statements)


class _Events:
    """The events of one batch as they are read; nothing is kept of a batch that turns out to be bad."""

    def __init__(self, batch: Batch, first: int) -> None:
        self._batch = batch
        self._first = first
        self._suffix = digest_suffix(batch.user, None)
        self.shaped: list[tuple[Shape, int, int, dict[str, Any], bytes]] = []
        self.rows: list[dict[str, Any]] = []
        self.bad: list[tuple[Rejected, Any, int]] = []
        #: Those that may say something of their user.
        self.saying: list[TimedEvent] = []
        self.newest: int | None = None
        #: The index of the last good one in its line.
        self.last = -1
        self.count = 0

    def take(self, index: int, event: Any) -> None:
        """One event, at this index of its batch."""
        self.count += 1
        found = _shape(event)
        if found is None:
            self._take_alone(index, event)
            return
        shape, event_at = found
        digest = content_digest(canonical_json(event) + self._suffix)
        self.shaped.append((shape, self._first + index, event_at, event, digest))
        says = shape.may_say and may_say(shape.event_type, event["data"])
        self._passed(index, event_at, event, says=says)

    def _take_alone(self, index: int, event: Any) -> None:
        try:
            row = read_event(event, self._first + index, self._batch)
        except Rejected as rejected:
            self.bad.append((rejected, event, index))
            return
        self.rows.append(row)
        says = may_say(row["event_type"], event.get("data") or {})
        self._passed(index, row["event_at"], event, says=says)

    def _passed(self, index: int, event_at: int, event: dict[str, Any], *, says: bool) -> None:
        self.last = index
        if self.newest is None or event_at > self.newest:
            self.newest = event_at
        if says:
            self.saying.append((event_at, index, event))


def _shape(event: Any) -> tuple[Shape, int] | None:
    """The shape of an event that has one, and its own time."""
    if type(event) is not dict or len(event) != 2:
        return None
    data, event_type = event.get("data"), event.get("event_type")
    if type(data) is not dict or type(event_type) is not str:
        return None
    time = data.get("timestamp_unixtime_ms")
    if type(time) is int and FIRST_MILLISECOND <= time < _LAST_MILLISECOND:
        event_at = time * 1000
    else:
        event_at = usable_epoch(time)
    shape = shape_of(event_type, tuple(data))
    return None if shape is None or event_at is None else (shape, event_at)


class _Place:
    """Numbers events and statements on through all batches of one line, so that each has a place of its own."""

    def __init__(self) -> None:
        self._line = 0
        self._events = 0
        self._statements = 0

    def events_before(self, line: int) -> int:
        """The events of batches before this one in its line."""
        return self._events if line == self._line else 0

    def statements_before(self, line: int) -> int:
        """The statements of batches before this one in its line."""
        return self._statements if line == self._line else 0

    def passed(self, line: int, events: int, statements: int) -> None:
        """Leave a batch behind. An event that is bad keeps its index, so its last good one counts."""
        before_events, before_statements = self.events_before(line), self.statements_before(line)
        self._line = line
        self._events = before_events + events
        self._statements = before_statements + statements
