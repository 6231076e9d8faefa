"""`watch:`, when an audience deserves a look: in milepost.yml for all, nearer by for one (spec §5, §8, §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from transforms.definitions.records import Watch
from transforms.documents.durations import Duration
from transforms.documents.fields import Field, Values, optional, record
from transforms.documents.readers import Invalid, Reader, boolean, duration, integer, is_off, or_off

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

#: A day's memberships are there some hours after its end, the next ones a day later: half a day late is late.
EVERYTHING = Watch(
    stale_after=Duration(36 * 3_600_000_000, "36 hours"),
    size_change=50,
    volatility=100,
    emptied=True,
    sample_ratio=True,
)
NOTHING = Watch(stale_after=None, size_change=None, volatility=None, emptied=False, sample_ratio=False)

#: Keys of a `watch:` as they are written, with their values.
WrittenWatch = tuple[tuple[str, Any], ...]

_PERCENT = or_off(integer(least=1, most=1_000_000))
_FIELDS: tuple[Field[Any], ...] = (
    optional(
        "stale_after",
        or_off(duration()),
        "An active audience is stale when its as_of is older. Default: 36 hours.",
    ),
    optional(
        "size_change",
        _PERCENT,
        "How many percent of its size a day earlier it may grow or shrink by, in whole percent. Default: 50.",
    ),
    optional("volatility", _PERCENT, "The highest volatility, in whole percent. Default: 100."),
    optional(
        "emptied", boolean(), "Whether to tell of an audience that lost its last member. Default: true."
    ),
    optional(
        "sample_ratio",
        boolean(),
        "Whether to tell of variants whose sizes don't fit their shares. Default: true.",
    ),
)


def _written(values: Values, report: Report) -> WrittenWatch:
    del report
    return tuple((field.key, values[field]) for field in _FIELDS if values.has(field))


def watch() -> Reader[WrittenWatch]:
    """Limits by name, or `off` for all of them."""
    limits = record(_FIELDS, _written, "`watch`")

    def read(node: Node, report: Report) -> WrittenWatch | Invalid:
        return tuple(vars(NOTHING).items()) if is_off(node) else limits.read(node, report)

    return Reader(read, or_off(limits).schema, limits.expected)


def watched(outer: Watch, layers: Iterable[WrittenWatch | None]) -> Watch:
    """The limits that hold: of each the nearest that is written, else that of `outer`. `layers`: the nearest first."""
    limits = outer
    for written in reversed([layer for layer in layers if layer]):
        limits = replace(limits, **dict(written))
    return limits
