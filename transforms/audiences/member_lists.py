"""The members of each audience in a file of MEMBERSHIP, read as they lie there: audience after audience, ascending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Span(NamedTuple):
    """Rows of one audience, from `start` up to but without `stop`."""

    audience_id: str
    start: int
    stop: int


@dataclass(frozen=True)
class _Part:
    """Where in the file a part of an audience lies."""

    group: int
    start: int
    stop: int


def spans(audience_ids: pa.Array) -> tuple[Span, ...]:
    """The audiences of these rows, one after another; one that comes again is named again."""
    known = audience_ids if pa.types.is_dictionary(audience_ids.type) else audience_ids.dictionary_encode()
    if not len(known):
        return ()
    runs = pc.call_function("run_end_encode", [known.indices])
    names = known.dictionary.take(runs.values).to_pylist()
    ends = runs.run_ends.to_pylist()
    return tuple(Span(name, start, end) for name, start, end in zip(names, [0, *ends], ends, strict=False))


class MemberLists:
    """One file, whose rows are sorted by (audience_id, mpid).

    Memory holds one row group, and where each audience lies. Audiences asked for in their order are read once.
    """

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, read_dictionary=["audience_id"])
        self._parts: dict[str, list[_Part]] = {}
        self._read: tuple[int, pl.Series] | None = None
        for group in range(self._file.num_row_groups):
            for span in spans(self._column(group, "audience_id")):
                self._parts.setdefault(span.audience_id, []).append(_Part(group, span.start, span.stop))

    def size(self, audience_id: str) -> int:
        """How many rows an audience has; 0 where it is not in the file."""
        return sum(part.stop - part.start for part in self._parts.get(audience_id, ()))

    def parts(self, audience_id: str) -> Iterator[pl.Series]:
        """The mpids of an audience, ascending, none of the parts empty."""
        for part in self._parts.get(audience_id, ()):
            yield self._mpids(part.group).slice(part.start, part.stop - part.start)

    def mpids(self, audience_id: str) -> pl.Series:
        """The mpids of an audience, ascending, all at once."""
        parts = list(self.parts(audience_id))
        return pl.concat(parts) if parts else pl.Series("mpid", [], dtype=pl.Int64)

    def _mpids(self, group: int) -> pl.Series:
        if self._read is None or self._read[0] != group:
            self._read = group, pl.Series("mpid", self._column(group, "mpid"), dtype=pl.Int64)
        return self._read[1]

    def _column(self, group: int, name: str) -> pa.Array:
        return self._file.read_row_group(group, columns=[name]).column(0).combine_chunks()


def count_shared(first: Iterator[pl.Series], second: Iterator[pl.Series]) -> int:
    """How many mpids are in both; each side ascends through its parts, without repetition.

    Memory holds one part of each side.
    """
    shared = 0
    left, right = next(first, None), next(second, None)
    while left is not None and right is not None:
        until = min(left[-1], right[-1])
        left_rows = left.search_sorted(until, side="right")
        right_rows = right.search_sorted(until, side="right")
        shared += _shared(left[:left_rows], right[:right_rows])
        left = left[left_rows:] if left_rows < len(left) else next(first, None)
        right = right[right_rows:] if right_rows < len(right) else next(second, None)
    return shared


def _shared(left: pl.Series, right: pl.Series) -> int:
    if left.is_empty() or right.is_empty():
        return 0
    places = right.search_sorted(left).clip(upper_bound=len(right) - 1)
    return int((right.gather(places) == left).sum())
