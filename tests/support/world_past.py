"""Worlds in which nothing happens after as_of, so that time alone changes what holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.worlds import Scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.oracle.records import Landed

#: Later than any as_of, and no year that does not exist.
_LATEST = timedelta(days=200 * 365)


def before_as_of(scene: Scene) -> Scene:
    """The scene without the records that tell of anything at its as_of or later."""
    landing = [
        landed for landed in scene.world.landing if all(at < scene.as_of for at in _told(landed.batch))
    ]
    return Scene(replace(scene.world, landing=tuple(_renumbered(landing))), scene.as_of)


def _told(value: Any) -> Iterator[datetime]:
    """Every time in a batch that can be read."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "timestamp_unixtime_ms" and str(item).isdigit():
                count = int(item)
                at = timedelta(milliseconds=count * 1000 if count < 10**11 else count)
                yield datetime(1970, 1, 1) + min(at, _LATEST)
            yield from _told(item)
    elif isinstance(value, list):
        for item in value:
            yield from _told(item)


def _renumbered(landing: Iterable[Landed]) -> Iterator[Landed]:
    """Lines from 1 in each file again."""
    lines = Counter[tuple[str, str, str]]()
    for landed in landing:
        file = (landed.workspace, landed.input, landed.path)
        lines[file] += 1
        yield replace(landed, line=lines[file])
