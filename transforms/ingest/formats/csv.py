"""CSV with a header: UTF-8, commas, quotes as RFC 4180 has them (spec §2.1)."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from typing import TYPE_CHECKING, BinaryIO

from transforms.errors import InternalError
from transforms.ingest.json_documents import LONGEST_DOCUMENT
from transforms.ingest.mapped_rows import Row, RowReader
from transforms.ingest.rejection import KEPT_OF_RAW, FileRejected, Rejected
from transforms.ingest.row_stream import RowStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source


def read_csv(stream: BinaryIO, source: Source, sink: Sink) -> None:
    """Every row of a file to the sink. FileRejected where its header can't be used."""
    if source.mapping is None:
        raise InternalError(f"{source.input} has no mapping")
    csv.field_size_limit(LONGEST_DOCUMENT)
    lines = _Lines(stream)
    records = _records(lines)
    header = next(records, None)
    if header is None:
        return
    if isinstance(header, _BadRecord):
        raise FileRejected("bad_header", f"its header {header.rejected.reason}")
    columns = header.fields
    reader = RowReader(source.mapping, source, columns)
    rows = RowStream(reader, source, sink, columns)
    for record in records:
        if isinstance(record, _BadRecord):
            sink.reject_record(record.rejected, record.raw, record.line)
        elif len(record.fields) != len(columns):
            count = Rejected(
                "field_count", f"has {len(record.fields)} fields where the header has {len(columns)}"
            )
            sink.reject_record(count, record.raw, record.line)
        else:
            cells = {name: text or None for name, text in zip(columns, record.fields, strict=True)}
            rows.take(Row(record.line, dict(cells), record.raw))
    rows.close()


class _Record:
    """The fields of one record and its text; it begins in `line`."""

    def __init__(self, line: int, fields: list[str], raw: str) -> None:
        self.line = line
        self.fields = fields
        self.raw = raw


class _BadRecord:
    """A line that can't be read as a record."""

    def __init__(self, line: int, rejected: Rejected, raw: str) -> None:
        self.line = line
        self.rejected = rejected
        self.raw = raw


class _Lines:
    """Lines of a file that can be given back: a quote that is never closed takes all that follow with it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: deque[bytes] = deque()
        #: The line after those taken, from 1.
        self.next_line = 1
        self.taken: list[bytes] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.next_line += 1
        if len(line) > LONGEST_DOCUMENT:
            raise Rejected("too_long", f"has a line longer than {LONGEST_DOCUMENT} bytes")
        try:
            return line.decode()
        except UnicodeDecodeError:
            raise Rejected("not_utf8", "is not UTF-8") from None

    def give_back(self) -> None:
        """Let all taken lines but the first be read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.next_line -= len(self.taken) - 1
        del self.taken[1:]

    def _read(self) -> bytes:
        line = self._stream.readline(LONGEST_DOCUMENT + 1)
        if self.next_line == 1 and not self.taken:
            if b"\0" in line[:65536]:
                raise FileRejected("not_text", "is not UTF-8 text")
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > LONGEST_DOCUMENT:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = self._stream.readline(LONGEST_DOCUMENT)
        return line


def _records(lines: _Lines) -> Iterator[_Record | _BadRecord]:
    reader = csv.reader(lines, strict=True)
    while True:
        start = lines.next_line
        lines.taken = []
        try:
            fields = next(reader)
        except StopIteration:
            return
        except FileRejected:
            raise
        except (csv.Error, Rejected) as error:
            # What is wrong further down is found again when that line is read as a record of its own.
            if not isinstance(error, Rejected) or len(lines.taken) > 1:
                error = Rejected("not_csv", "is not CSV")
            lines.give_back()
            yield _BadRecord(start, error, _raw(lines))
            continue
        if fields:
            yield _Record(start, fields, _raw(lines))


def _raw(lines: _Lines) -> str:
    return b"".join(lines.taken)[:KEPT_OF_RAW].decode("utf-8", "surrogateescape").rstrip("\r\n")
