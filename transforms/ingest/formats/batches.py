"""Event batches, as the Events API takes them and as its exports give them (spec §2.1)."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field, replace
from io import BytesIO
from operator import attrgetter
from typing import TYPE_CHECKING, Any, BinaryIO

from transforms.ingest.batch import events_of, read_batch
from transforms.ingest.batch_events import event_columns, read_event
from transforms.ingest.batch_statements import TimedEvent, batch_statements
from transforms.ingest.json_documents import KEPT_OF_RAW, Document, read_documents
from transforms.ingest.plain.columns import MOST_AT_ONCE, PlainLines
from transforms.ingest.rejection import Rejected
from transforms.ingest.values import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from transforms.ingest.plain.columns import TakenLines
    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source


#: Plain lines go by columns this many characters at a time; fewer lines than this are quicker one by one.
TEXT_AT_ONCE = 32 * 1024 * 1024
FEWEST_LINES = 700
#: Of documents that go one by one this much text waits for its turn.
_TEXT_WAITING = 4 * 1024 * 1024


def read_batches(stream: BinaryIO, source: Source, sink: Sink) -> None:
    """Every batch of a file to the sink. FileRejected where the file is not text.

    Lines that are one batch each go by columns (transforms/ingest/plain) as far as they are plain, all else one by
    one: the rows are the same.
    """
    reader = _Reader(source, sink)
    for document in read_documents(stream):
        reader.take(document)
    reader.start()
    sink.at_end(reader.end)


@dataclass
class _Chunk:
    """Documents of a file that follow one another: lines that may be plain with their text, and all others."""

    lines: PlainLines = field(default_factory=PlainLines)
    texts: dict[int, str] = field(default_factory=dict)
    others: list[Document] = field(default_factory=list)
    text_of_lines: int = 0
    text_of_others: int = 0


class _Reader:
    def __init__(self, source: Source, sink: Sink) -> None:
        self._source = source
        self._sink = sink
        self._place = _Place()
        self._chunk = _Chunk()
        self._started: deque[tuple[_Chunk, Future[TakenLines]]] = deque()
        self._line = 0

    def take(self, document: Document) -> None:
        chunk = self._chunk
        is_alone = document.is_line and document.line != self._line
        self._line = document.line
        if is_alone and chunk.lines.add(document.line, document.value):
            chunk.texts[document.line] = document.raw
            chunk.text_of_lines += len(document.raw)
        else:
            chunk.others.append(document)
            chunk.text_of_others += len(document.raw)
        if chunk.text_of_lines >= TEXT_AT_ONCE or chunk.text_of_others >= _TEXT_WAITING:
            self.start()

    def end(self) -> None:
        """Wait for the lines that were started."""
        while self._started:
            self._finish()

    def start(self) -> None:
        """Read what was taken: many lines by columns, beside whatever comes next."""
        chunk, self._chunk = self._chunk, _Chunk()
        if len(chunk.lines.numbers) >= FEWEST_LINES:
            if len(self._started) >= MOST_AT_ONCE:
                self._finish()
            self._started.append((chunk, self._sink.start_lines(chunk.lines, self._source)))
        else:
            while self._started:
                self._finish()
            self._one_by_one(chunk, chunk.texts)

    def _finish(self) -> None:
        chunk, future = self._started.popleft()
        taken = future.result()
        self._sink.took_lines(taken)
        self._one_by_one(chunk, taken.awkward)

    def _one_by_one(self, chunk: _Chunk, lines: Iterable[int]) -> None:
        again = (_again(chunk.texts[line], line) for line in lines)
        for document in heapq.merge(again, chunk.others, key=attrgetter("line")):
            _take(document, self._source, self._sink, self._place)


def _again(text: str, line: int) -> Document:
    (document,) = read_documents(BytesIO(text.encode() + b"\n"))
    return replace(document, line=line)


def _take(document: Document, source: Source, sink: Sink, place: _Place) -> None:
    if document.problem is not None:
        sink.reject_record(Rejected(*document.problem), document.raw, document.line)
        return
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
