"""Frames cut anew: so many rows each, whatever they came as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def slices(frames: Iterable[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """Frames of exactly `rows` rows, but for the last, which has as many as are left; none where there are none."""
    waiting: list[pl.DataFrame] = []
    height = 0
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        if height < rows:
            continue
        joined = pl.concat(waiting)
        whole = height - height % rows
        for start in range(0, whole, rows):
            yield joined.slice(start, rows)
        waiting, height = [joined.slice(whole)], height - whole
    if height:
        yield pl.concat(waiting)


def with_last(frames: Iterable[pl.DataFrame], rows: int) -> Iterator[tuple[pl.DataFrame, bool]]:
    """As `slices`, each with whether it is the last."""
    held: pl.DataFrame | None = None
    for frame in slices(frames, rows):
        if held is not None:
            yield held, False
        held = frame
    if held is not None:
        yield held, True
