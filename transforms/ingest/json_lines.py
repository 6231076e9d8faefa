"""Cuts a stream of JSON into blocks that are read apart from one another, and reads a block.

No document goes over a line break that stands between `}` and `{`: a good one has a comma there, and a bad one ends
before a line that begins with `{` (json_documents.py). So a file of one document a line is read in many blocks at
once, whatever its lines hold, with the documents and the line numbers that read_documents() gives.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from transforms.ingest.json_documents import Documents, document_of_line, require_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.ingest.json_documents import Document

#: Bytes that are read at once: a block is as long, or cut before its last line.
BLOCK = 4 * 1024 * 1024
_BREAKS = (b"}\n{", b"}\r\n{")


class Blocks:
    """The blocks of a stream, each with the number of its first line; then `rest`, where it can't be cut any more.

    `line` is that of the text that comes after the blocks. FileRejected where the stream is not text at all.
    """

    def __init__(self, stream: BinaryIO, size: int = BLOCK) -> None:
        self._stream = stream
        self._size = size
        self.line = 1
        self.rest: BinaryIO | None = None

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        held = self._stream.read(self._size)
        require_text(held)
        while held:
            chunk = self._stream.read(self._size)
            if not chunk:
                yield self._passed(held)
                return
            end = max(map(held.rfind, _BREAKS))
            if end < 0:
                self.rest = cast("BinaryIO", io.BufferedReader(_Chained(held + chunk, self._stream)))
                return
            end = held.index(b"\n", end) + 1
            yield self._passed(held[:end])
            held = held[end:] + chunk

    def _passed(self, text: bytes) -> tuple[int, bytes]:
        line = self.line
        self.line += text.count(b"\n")
        return line, text


class BlockDocuments:
    """The documents of a block whose first line has this number; `open_arrays` are left open at its end."""

    def __init__(self, text: bytes, line: int) -> None:
        self._text = text
        self._line = line
        self.open_arrays = 0

    def __iter__(self) -> Iterator[Document]:
        body = self._text.rstrip()
        if body.startswith(b"{") and sum(map(body.count, _BREAKS)) == body.count(b"\n"):
            *lines, last = body.split(b"\n")
            for line, written in enumerate(lines, self._line):
                yield from self._of_line(line, written, b"\n")
            yield from self._of_line(self._line + len(lines), last, self._text[len(body) :])
        else:
            yield from self._of_any_layout(self._line, self._text)

    def _of_line(self, line: int, written: bytes, ending: bytes) -> Iterator[Document]:
        document = document_of_line(written, line)
        if document is not None:
            yield document
        else:
            yield from self._of_any_layout(line, written + ending)

    def _of_any_layout(self, line: int, text: bytes) -> Iterator[Document]:
        documents = Documents(io.BytesIO(text), line)
        yield from documents
        self.open_arrays += documents.open_arrays


class _Chained(io.RawIOBase):
    """Bytes that were read already, and the stream that they come from."""

    def __init__(self, held: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._held = memoryview(held)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        part = self._held or memoryview(self._stream.read(len(buffer)))
        count = min(len(buffer), len(part))
        buffer[:count] = part[:count]
        self._held = part[count:]
        return count
