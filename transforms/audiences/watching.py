"""What deserves a look: audiences that are stale, jumped, emptied, or whose variants don't fit their shares.

Each audience says how much is too much, or is silent (`watch:`). Drafts are not watched. Spec §5, §8, §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.audiences.activation import active_audiences
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from transforms.audiences.figures import Figures
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Definitions, Subject

#: Fewer members than this may come and go: in a small audience a few are many percent.
FEWEST_MEMBERS = 100


@dataclass(frozen=True)
class Finding:
    """What deserves a look of one audience, at the as_of of its figures; `text` says it in words, with the limit.

    `connection_id`: the connection that it is about, None where it is about the audience alone.
    """

    subject: Subject
    audience_id: str
    as_of: datetime
    text: str
    connection_id: str | None = None


def watch_figures(definitions: Definitions, figures: Iterable[Figures]) -> tuple[Finding, ...]:
    """Jumps of size and volatility, and audiences that lost their last member, in the order of `figures`.

    A change is told where it is of at least 100 members, too.
    """
    watched = {audience.id: audience for audience in definitions.audiences if not audience.is_draft}
    return tuple(
        finding
        for row in figures
        if (audience := watched.get(row.audience_id)) is not None
        for finding in _unusual(audience, row)
    )


def _unusual(audience: Audience, row: Figures) -> Iterator[Finding]:
    if row.adds is None or row.drops is None:
        return
    limits = audience.watch
    before = row.size - row.adds + row.drops
    if before and not row.size:
        if limits.emptied:
            yield Finding(
                "emptied",
                audience.id,
                row.as_of,
                f"is empty and had {before:,} member{'' if before == 1 else 's'} a day earlier",
            )
        return
    change = abs(row.size - before)
    if (
        limits.size_change is not None
        and change >= FEWEST_MEMBERS
        and change * 100 > limits.size_change * before
    ):
        share = f"{change / before:.0%}, more than {limits.size_change} %" if before else "it was empty"
        yield Finding(
            "size_change", audience.id, row.as_of, f"went from {before:,} to {row.size:,} members: {share}"
        )
    moved = row.adds + row.drops
    if (
        limits.volatility is not None
        and moved >= FEWEST_MEMBERS
        and moved * 100 > limits.volatility * row.size
    ):
        yield Finding(
            "volatility",
            audience.id,
            row.as_of,
            f"{row.adds:,} came and {row.drops:,} left, {moved / row.size:.0%} of its {row.size:,} members, "
            f"more than {limits.volatility} %",
        )


def watch_freshness(
    definitions: Definitions, generation: Generation | None, now: datetime
) -> tuple[Finding, ...]:
    """Active audiences whose newest stored as_of is too old at `now`; one that was never calculated has none."""
    if generation is None:
        return ()
    newest = {row.audience_id: row for row in generation.figures}
    found = []
    for audience_id in active_audiences(definitions):
        audience = definitions.audience(audience_id)
        limit, stored = audience.watch.stale_after, audience.stored_as(newest)
        if limit is None or stored is None:
            continue
        as_of = newest[stored].as_of
        age = (now - as_of) // timedelta(microseconds=1)
        if age > limit.microseconds:
            hours = age // 3_600_000_000
            text = f"is as of {iso(as_of)}, {hours} hours old, more than {limit.text}"
            found.append(Finding("stale", audience.id, as_of, text))
    return tuple(found)


def watch_variants(
    definitions: Definitions, as_of: datetime, mismatched: Mapping[str, float]
) -> tuple[Finding, ...]:
    """The tests among `mismatched` (audience id → p) that are watched."""
    return tuple(
        Finding("sample_ratio", audience.id, as_of, f"its variants don't fit their shares, p = {p:.2g}")
        for audience in definitions.audiences
        if (p := mismatched.get(audience.id)) is not None
        and audience.watch.sample_ratio
        and not audience.is_draft
    )
