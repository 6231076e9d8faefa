"""Counts the figures of an as_of over stored memberships, apart from their reading, which imports no polars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.audiences.figures import Figures
from transforms.audiences.member_lists import MemberLists, count_shared
from transforms.audiences.memberships import MEMBERS, read_calculated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.memberships import CalculatedAudience

#: adds and drops compare with the membership stored for exactly this long before.
DAY = timedelta(hours=24)


def figures_at(as_of: datetime, stored: Mapping[datetime, Path]) -> tuple[Figures, ...]:
    """The figures of every audience calculated at `as_of`, sorted by id.

    `stored` maps each as_of to its folder of memberships. An audience that was not calculated 24 hours before has
    nothing to compare with; one that was renamed since is compared under its former id. Each file is read once, and
    memory holds a part of one audience.
    """
    now = MemberLists(stored[as_of] / MEMBERS)
    earlier = stored.get(as_of - DAY)
    before = {audience.id for audience in read_calculated(earlier)} if earlier else set[str]()
    then = MemberLists(earlier / MEMBERS) if earlier else None
    return tuple(
        _figures(as_of, audience.id, now, _earlier_id(audience, before), then)
        for audience in read_calculated(stored[as_of])
    )


def _earlier_id(audience: CalculatedAudience, before: set[str]) -> str | None:
    if audience.id in before:
        return audience.id
    return audience.formerly if audience.formerly in before else None


def _figures(
    as_of: datetime, audience_id: str, now: MemberLists, earlier_id: str | None, then: MemberLists | None
) -> Figures:
    size = now.size(audience_id)
    if then is None or earlier_id is None:
        return Figures(as_of, audience_id, size)
    stayed = count_shared(now.parts(audience_id), then.parts(earlier_id))
    return Figures(as_of, audience_id, size, adds=size - stayed, drops=then.size(earlier_id) - stayed)
