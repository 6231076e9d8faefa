"""Event batches, as the Events API takes them and as its exports give them (spec §2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from transforms.ingest.batch import events_of, read_batch
from transforms.ingest.batch_events import event_columns, read_event
from transforms.ingest.batch_statements import TimedEvent, batch_statements
from transforms.ingest.json_documents import KEPT_OF_RAW, Document, read_documents
from transforms.ingest.rejection import Rejected
from transforms.ingest.values import to_json

if TYPE_CHECKING:
    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source


def read_batches(stream: BinaryIO, source: Source, sink: Sink) -> None:
    """Every batch of a file to the sink. FileRejected where the file is not text."""
    place = _Place()
    for document in read_documents(stream):
        if document.problem is not None:
            sink.reject_record(Rejected(*document.problem), document.raw, document.line)
            continue
        try:
            _read(document, source, sink, place)
        except Rejected as rejected:
            listed = document.value.get("events")
            count = len(listed) if isinstance(listed, list) else 0
            sink.reject_record(rejected, document.raw[:KEPT_OF_RAW], document.line, events=count)
        except RecursionError:
            deep = Rejected("too_deep", "is nested too deeply")
            sink.reject_record(deep, document.raw[:KEPT_OF_RAW], document.line)


class _Place:
    """Numbers events and statements on through all batches of one line, so that each has a place of its own."""

    def __init__(self) -> None:
        self._line = 0
        self._events = 0
        self._statements = 0

    def number(self, line: int, events: list[dict[str, Any]], statements: list[dict[str, Any]]) -> None:
        if line != self._line:
            self._line, self._events, self._statements = line, 0, 0
        if self._events or self._statements:
            for row in events:
                row["source_index"] += self._events
            for row in statements:
                row["position"] += self._statements
        # An event that is bad keeps its index, so the last one counts, not how many there are.
        self._events = max((row["source_index"] + 1 for row in events), default=self._events)
        self._statements += len(statements)


def _read(document: Document, source: Source, sink: Sink, place: _Place) -> None:
    batch = read_batch(document.value, source, document.line)
    columns = event_columns(batch)
    rows: list[dict[str, Any]] = []
    timed: list[TimedEvent] = []
    bad: list[tuple[Rejected, Any, int]] = []
    for index, event in enumerate(events_of(batch.body)):
        try:
            row = read_event(event, index, batch, columns)
        except Rejected as rejected:
            bad.append((rejected, event, index))
            continue
        rows.append(row)
        timed.append((row["event_at"], index, event))
    statements = batch_statements(batch, timed)
    place.number(document.line, rows, statements)
    sink.take(rows, statements, len(document.raw))
    for rejected, event, index in bad:
        sink.reject_event(rejected, to_json(event), document.line, index)
