"""Everything of a report that is read from what is published: figures over time, variants, members sent twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exports.report.records import Shared, Variant
from transforms.audiences.assigned import assigned
from transforms.audiences.estimates import RealSize
from transforms.audiences.history import every_stored_day
from transforms.audiences.overlap import MOST_AUDIENCES, shared_members
from transforms.audiences.read_out import read_out
from transforms.audiences.stored import sizes_of_variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.catalogue import CatalogueRow
    from transforms.audiences.generations import Generation
    from transforms.audiences.history import StoredDay
    from transforms.audiences.read_out import ReadOut
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class PublishedFigures:
    """By audience id. Empty before the first run."""

    days: Mapping[str, tuple[StoredDay, ...]] = field(default_factory=dict)
    variants: Mapping[str, tuple[Variant, ...]] = field(default_factory=dict)
    read_outs: Mapping[str, ReadOut] = field(default_factory=dict)
    shared: Mapping[str, tuple[Shared, ...]] = field(default_factory=dict)


def published_figures(
    definitions: Definitions, generation: Generation | None, rows: Sequence[CatalogueRow], spill: Path
) -> PublishedFigures:
    """What is published of the audiences in `rows`, at the newest as_of and before."""
    newest = None if generation is None else generation.newest
    known = {audience.id: audience for audience in definitions.audiences}
    if generation is None or newest is None:
        return PublishedFigures(variants={one.id: _variants(one, None) for one in known.values()})
    stored_as = {row.id: row.figures.audience_id for row in rows if row.figures is not None}
    sizes = sizes_of_variants(generation, newest, spill)
    calculated = generation.calculated(newest)
    return PublishedFigures(
        days=every_stored_day(generation, newest, {row.id: _names(row, known) for row in rows}),
        variants={
            one.id: _variants(one, sizes.get(stored_as[one.id], {}) if one.id in stored_as else None)
            for one in known.values()
        },
        read_outs={
            audience_id: read_out(
                assigned(generation, newest, stored, spill), sizes.get(stored, {}), successes=None
            )
            for audience_id, stored in stored_as.items()
            if calculated[stored].test is not None
        },
        shared=_sent_twice(definitions, generation, newest, stored_as, spill),
    )


def _names(row: CatalogueRow, known: Mapping[str, Audience]) -> tuple[str, ...]:
    formerly = known[row.id].formerly if row.id in known else None
    return (row.id,) if formerly is None else (row.id, formerly)


def _variants(audience: Audience, sizes: Mapping[str, int] | None) -> tuple[Variant, ...]:
    arms = audience.ab_test.arms if audience.ab_test else ()
    return tuple(
        Variant(name, share / 100, None if sizes is None else sizes.get(name, 0)) for name, share in arms
    )


def _sent_twice(
    definitions: Definitions,
    generation: Generation,
    as_of: datetime,
    stored_as: Mapping[str, str],
    spill: Path,
) -> dict[str, tuple[Shared, ...]]:
    """Of each audience with which others its members are sent to one output, the most shared first.

    Of an output that gets more audiences than can be compared at once, the largest are.
    """
    sizes = {one.audience_id: one.size for one in generation.figures if one.as_of == as_of}
    found: dict[str, list[Shared]] = {}
    for output in definitions.outputs:
        sent = {
            audience: stored_as[audience]
            for connection in definitions.connections
            if connection.is_active and connection.output == output.id
            for audience in connection.audiences
            if audience in stored_as
        }
        largest = sorted(sent, key=lambda audience: (-sizes[sent[audience]], audience))[:MOST_AUDIENCES]
        if len(largest) > 1:
            pairs = shared_members(generation, as_of, {one: sent[one] for one in largest}, spill)
            for (first, second), users in pairs.items():
                found.setdefault(first, []).append(Shared(second, RealSize(users, as_of), output.id))
    return {audience: tuple(sorted(shared, key=_most_first)) for audience, shared in found.items()}


def _most_first(one: Shared) -> tuple[int, str]:
    return (-one.size.value if isinstance(one.size, RealSize) else 0, one.audience_id)
