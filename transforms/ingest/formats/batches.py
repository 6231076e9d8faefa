"""Event batches, as the Events API takes them and as its exports give them (spec §2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from transforms.ingest.batch_reader import BatchReader
from transforms.ingest.json_documents import Documents
from transforms.ingest.json_lines import Blocks
from transforms.ingest.reading import Block
from transforms.ingest.staged_rows import StagedRows

if TYPE_CHECKING:
    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source

#: Of documents that follow one another in any layout this much text is held.
_TEXT_HELD = 4 * 1024 * 1024


def read_batches(stream: BinaryIO, source: Source, sink: Sink) -> None:
    """Every batch of a file to the sink. FileRejected where the file is not text.

    What can be cut into blocks of lines is read beside whatever comes next; the rest, an array over many lines for
    one, document by document.
    """
    blocks = Blocks(stream)
    for line, text in blocks:
        sink.read_block(Block(source, line, text))
    sink.last_line = blocks.line
    if blocks.rest is not None:
        _read_rest(Documents(blocks.rest, blocks.line), source, sink)


def _read_rest(documents: Documents, source: Source, sink: Sink) -> None:
    rows = StagedRows()
    reader = BatchReader(source, rows)
    held = 0
    for document in documents:
        reader.take(document)
        held += len(document.raw)
        if held >= _TEXT_HELD:
            sink.take_rows(rows, reader.taken())
            held = 0
    sink.take_rows(rows, reader.taken(documents.open_arrays))
    sink.last_line = documents.line
