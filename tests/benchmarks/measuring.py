"""Seconds and memory of a step, each in a process of its own, so that no step profits from the one before."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FRESH = multiprocessing.get_context("spawn")
_LOOK_EVERY = 0.05
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """What a step gave, how long it took, and the most memory that its processes held together (megabytes)."""

    value: Any
    seconds: float
    megabytes: float


def measured(work: Callable[..., Any], *arguments: Any) -> Measured:
    """Run a function of a module with these arguments; starting the process is not counted."""
    # Not a Pool: its processes may have none of their own, as ingest has.
    with ProcessPoolExecutor(1, mp_context=_FRESH) as executor:
        return executor.submit(_measured, work, arguments).result()


def best(times: int, work: Callable[..., Any], *arguments: Any) -> Measured:
    """The quickest of several runs."""
    return min((measured(work, *arguments) for _ in range(times)), key=lambda one: one.seconds)


def _measured(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    with _memory() as most:
        begun = time.perf_counter()
        value = work(*arguments)
        seconds = time.perf_counter() - begun
    return Measured(value, seconds, most[0] / _MEGABYTE)


@contextmanager
def _memory() -> Iterator[list[int]]:
    """The most bytes that this process and those that it started held at one look."""
    most = [_held(os.getpid())]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_EVERY):
            most[0] = max(most[0], _held(os.getpid()))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield most
    finally:
        ended.set()
        looking.join()


def _held(process: int) -> int:
    folder = Path(f"/proc/{process}")
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [int(one) for task in folder.glob("task/*/children") for one in task.read_text().split()]
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(_held, children))
