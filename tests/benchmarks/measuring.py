"""Seconds and memory of a step, each in a process of its own, so that no step profits from the one before."""

from __future__ import annotations

import multiprocessing
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_FRESH = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Measured:
    """What a step gave, how long it took, and the most memory that its process held (megabytes)."""

    value: Any
    seconds: float
    megabytes: float


def measured(work: Callable[..., Any], *arguments: Any) -> Measured:
    """Run a function of a module with these arguments; starting the process is not counted."""
    with _FRESH.Pool(1) as pool:
        return pool.apply(_measured, (work, arguments))


def best(times: int, work: Callable[..., Any], *arguments: Any) -> Measured:
    """The quickest of several runs."""
    return min((measured(work, *arguments) for _ in range(times)), key=lambda one: one.seconds)


def _measured(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    begun = time.perf_counter()
    value = work(*arguments)
    seconds = time.perf_counter() - begun
    return Measured(value, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
