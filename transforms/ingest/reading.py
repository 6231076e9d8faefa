"""Reads blocks of batches to staging, in processes beside this one where there is much to read."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.errors import failure
from transforms.ingest.batch_reader import BatchReader
from transforms.ingest.json_lines import BlockDocuments
from transforms.ingest.staged_rows import StagedRows
from transforms.ingest.staging import write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from transforms.ingest.batch_reader import Taken
    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source
    from transforms.ingest.staging import Staging

#: Text that a process gets at once, of one file or of many small ones: some 20,000 events.
TEXT_AT_ONCE = 8 * 1024 * 1024
#: Processes take a second to start and read twice as fast on two cores: less text than this is read in this one.
WORTH_PROCESSES = 32 * 1024 * 1024
#: Seconds between two looks of a process at whether its parent is there.
_LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Block:
    """Text of a file that can be read on its own, and the number of its first line."""

    source: Source
    line: int
    text: bytes


def read_blocks(blocks: Sequence[Block], events: Path, users: Path) -> list[Taken]:
    """Write the rows of these blocks to two parquet files, neither where it would be empty; what came of each."""
    rows = StagedRows()
    with _without_collection():
        taken = [_read_block(block, rows) for block in blocks]
        write_rows(rows, events, users)
    return taken


def _read_block(block: Block, rows: StagedRows) -> Taken:
    reader = BatchReader(block.source, rows)
    documents = BlockDocuments(block.text, block.line)
    for document in documents:
        reader.take(document)
    return reader.taken(documents.open_arrays)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Do not look for circles of objects: JSON has none, and the look at a million objects takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Reading:
    """Has blocks read, and tells each block's sink what came of it, in order; use it as a context."""

    def __init__(self, staging: Staging, *, text: int) -> None:
        """`text`: about how many bytes there are to read in all."""
        self._staging = staging
        self._is_worth_processes = text >= WORTH_PROCESSES
        self._executor: Executor | None = None
        self._most_started = 0
        self._waiting: list[tuple[Block, Sink]] = []
        self._text_waiting = 0
        self._started: deque[tuple[list[Sink], Future[list[Taken]]]] = deque()

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(kill_workers=True)  # pyright: ignore[reportCallIssue]

    def add(self, block: Block, sink: Sink) -> None:
        """Have a block read; what comes of it is told before finish() is over."""
        self._waiting.append((block, sink))
        self._text_waiting += len(block.text)
        if self._text_waiting >= TEXT_AT_ONCE:
            self._start()

    def finish(self) -> None:
        """Wait for all blocks that were added."""
        if self._waiting:
            self._start()
        while self._started:
            self._finish_one()

    def _start(self) -> None:
        blocks = [block for block, _ in self._waiting]
        sinks = [sink for _, sink in self._waiting]
        self._waiting, self._text_waiting = [], 0
        parts = self._staging.new_parts()
        if not self._is_worth_processes:
            _tell(sinks, read_blocks(blocks, *parts))
            return
        executor = self._executor or self._begin()
        if len(self._started) >= self._most_started:
            self._finish_one()
        self._started.append((sinks, executor.submit(read_blocks, blocks, *parts)))

    def _begin(self) -> Executor:
        import loky  # only an ingest of much text pays for it

        processes = loky.cpu_count()
        self._executor = loky.ProcessPoolExecutor(processes, initializer=_end_with, initargs=(os.getpid(),))
        self._most_started = processes + 1
        return self._executor

    def _finish_one(self) -> None:
        from loky.process_executor import BrokenProcessPool

        sinks, future = self._started.popleft()
        try:
            taken = future.result()
        except BrokenProcessPool:
            raise failure(
                "reader_killed",
                "a process that read landing files was killed: nothing was ingested",
                "see whether the machine ran out of memory, and ingest again",
            ) from None
        _tell(sinks, taken)


def _end_with(parent: int) -> None:
    """Let this process end when that which started it is killed: it would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _tell(sinks: list[Sink], taken: list[Taken]) -> None:
    for sink, one in zip(sinks, taken, strict=True):
        sink.took(one)
