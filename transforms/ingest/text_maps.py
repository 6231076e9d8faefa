"""Maps of text as arrow arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from transforms.contracts import TEXT_MAP
from transforms.ingest.values import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def map_array(maps: Iterable[Mapping[str, Any] | None]) -> pa.Array:
    """Maps as one array of TEXT_MAP, their values as text; a map that is None is null."""
    offsets: list[int | None] = []
    names: list[str] = []
    texts: list[str | None] = []
    for one in maps:
        if one is None:
            offsets.append(None)
        else:
            offsets.append(len(names))
            names += one
            texts += [value if type(value) is str else to_text(value) for value in one.values()]
    offsets.append(len(names))
    return pa.MapArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.array(names, pa.string()), pa.array(texts, pa.string())
    ).cast(TEXT_MAP)
