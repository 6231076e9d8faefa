"""A journey as a tree of boxes: how many go which way, how many go no further, and where most are lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.audiences.size_words import size_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from exports.report.records import AudienceReport, JourneyReport


@dataclass(frozen=True)
class Box:
    """A milestone with the boxes below it, left to right.

    `share`: which part of the step above goes this way. `lost`: how many of it go no further, `lost_share` which part:
    they are in no split, or in the remaining one where that is sent nowhere and has no step below it. None where the
    journey ends here, or a size is not known. `is_worst`: nowhere in the journey a larger part is lost.
    """

    audience: AudienceReport
    share: float | None
    lost: int | None
    lost_share: float | None
    is_worst: bool
    below: tuple[Box, ...]


@dataclass(frozen=True)
class Canvas:
    """The first milestones of a journey; `lost` of its population are in none of them."""

    boxes: tuple[Box, ...]
    lost: int | None
    lost_share: float | None


def canvas(journey: JourneyReport, audiences: Mapping[str, AudienceReport]) -> Canvas:
    """The picture of a journey, whose milestones are among `audiences`."""
    below: dict[str | None, list[AudienceReport]] = {}
    for milestone in map(audiences.__getitem__, journey.milestones):
        below.setdefault(milestone.parent, []).append(milestone)
    population = size_number(journey.population)
    first = below.get(None, [])
    boxes = tuple(_box(one, population, below) for one in first)
    worst = max((box.lost_share for box in _all(boxes) if box.lost_share), default=None)
    lost, lost_share = _lost(population, first, below)
    return Canvas(tuple(_marked(box, worst) for box in boxes), lost, lost_share)


def _box(
    milestone: AudienceReport, above: int | None, below: Mapping[str | None, list[AudienceReport]]
) -> Box:
    size = size_number(milestone.size)
    children = below.get(milestone.id, [])
    lost, lost_share = _lost(size, children, below)
    return Box(
        audience=milestone,
        share=size / above if size is not None and above else None,
        lost=lost,
        lost_share=lost_share,
        is_worst=False,
        below=tuple(_box(one, size, below) for one in children),
    )


def _lost(
    size: int | None, splits: list[AudienceReport], below: Mapping[str | None, list[AudienceReport]]
) -> tuple[int | None, float | None]:
    """Splits are disjoint (spec §5), so what they hold adds up; estimates may do so only nearly."""
    sizes = [size_number(one.size) for one in splits if not _is_end(one, below)]
    known = [one for one in sizes if one is not None]
    if not splits or size is None or len(known) < len(sizes):
        return None, None
    lost = max(0, size - sum(known))
    return lost, lost / size if size else None


def _is_end(split: AudienceReport, below: Mapping[str | None, list[AudienceReport]]) -> bool:
    """Whether it holds those alone with whom nothing is done."""
    is_sent = any(delivery.is_active for delivery in split.deliveries)
    return split.is_remaining and split.id not in below and not is_sent


def _all(boxes: Iterable[Box]) -> Iterable[Box]:
    for box in boxes:
        yield box
        yield from _all(box.below)


def _marked(box: Box, worst: float | None) -> Box:
    below = tuple(_marked(one, worst) for one in box.below)
    return replace(box, is_worst=worst is not None and box.lost_share == worst, below=below)
