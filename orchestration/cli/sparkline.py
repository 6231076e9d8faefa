"""A row of numbers as a line of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
#: What stands where there is no number.
GAP = "·"


def sparkline(values: Sequence[int | None]) -> str:
    """One sign for each value, the lowest block for the least and the highest for the most; `·` for None."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    least, most = min(known), max(known)
    return "".join(GAP if value is None else _block(value, least, most) for value in values)


def _block(value: int, least: int, most: int) -> str:
    if least == most:
        return _BLOCKS[len(_BLOCKS) // 2 - 1]
    return _BLOCKS[(value - least) * (len(_BLOCKS) - 1) // (most - least)]
