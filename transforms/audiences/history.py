"""What is stored of one audience over time: its figures at each as_of, and how long its members have been in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.audiences.since import stored_under
from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    import duckdb

    from transforms.audiences.figures import Figures
    from transforms.audiences.generations import Generation

# A user's presence is a text of one digit for each as_of, the oldest first: 1 where the user is in. Many users share
# one. hive_partitioning is off: the folder's name would hide the column as_of.
_PRESENCES = """
with places as (
    select unnest($as_ofs) as as_of, unnest($audiences) as audience_id, generate_subscripts($as_ofs, 1) - 1 as place
),
users as (
    select mpid, bitstring_agg(place, 0, len($as_ofs) - 1)::varchar as presence
    from read_parquet($files, hive_partitioning = false) join places using (as_of, audience_id)
    where audience_id in (select unnest($names)) and ($mpid is null or mpid = $mpid)
    group by mpid
)
select presence, count(*) from users group by presence order by presence
"""


@dataclass(frozen=True)
class StoredDay:
    """The figures of one as_of, and whether the definition was another one at the as_of before."""

    figures: Figures
    is_redefined: bool

    @property
    def as_of(self) -> datetime:
        """The instant of the figures."""
        return self.figures.as_of

    @property
    def day(self) -> date:
        """The day that a run at this as_of belongs to (spec §1)."""
        return _day_of(self.as_of)


@dataclass(frozen=True)
class Stay:
    """An unbroken run of stored memberships: the first and the last as_of at which the user was in."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class Presence:
    """When a user, or each of `users` alike, was in: `stays`, the oldest first, and on how many `days`.

    A day counts where the user was in at an as_of of it. Two as_ofs follow one another where the audience was calculated at none between them.
    """

    users: int
    stays: tuple[Stay, ...]
    days: int

    @property
    def first_entry(self) -> datetime:
        """The first as_of at which the user was in."""
        return self.stays[0].first

    @property
    def last_entry(self) -> datetime:
        """The first as_of of the latest stay: a member's *since* (spec §8)."""
        return self.stays[-1].first


def stored_days(generation: Generation, as_of: datetime, stored_as: str) -> tuple[StoredDay, ...]:
    """Each as_of to `as_of` at which the audience was calculated, the oldest first.

    `stored_as` is the id under which it is stored at `as_of`; one that it had before is followed.
    """
    return every_stored_day(generation, as_of, {stored_as: (stored_as,)})[stored_as]


def every_stored_day(
    generation: Generation, as_of: datetime, names: Mapping[str, Sequence[str]]
) -> dict[str, tuple[StoredDay, ...]]:
    """`stored_days` of many audiences, each stored as_of read once, by their keys in `names`.

    `names`: the ids that an audience may have at the newest as_of, the first that is stored counts.
    """
    figures = {(one.as_of, one.audience_id): one for one in generation.figures}
    known = {key: tuple(own) for key, own in names.items()}
    found: dict[str, list[tuple[Figures, str]]] = {key: [] for key in names}
    for at in sorted((at for at in generation.stored if at <= as_of), reverse=True):
        calculated = generation.calculated(at)
        for key, own in known.items():
            stored = next((name for name in own if name in calculated), None)
            if stored is not None:
                one = calculated[stored]
                found[key].append((figures[at, stored], one.definition_hash))
                known[key] = (stored,) if one.formerly is None else (stored, one.formerly)
    return {key: tuple(_days(reversed(days))) for key, days in found.items()}


def _days(days: Iterable[tuple[Figures, str]]) -> Iterator[StoredDay]:
    before: str | None = None
    for figures, definition in days:
        yield StoredDay(figures, is_redefined=before not in (None, definition))
        before = definition


def presences(
    generation: Generation, as_of: datetime, stored_as: str, spill: Path, mpid: int | None = None
) -> tuple[Presence, ...]:
    """When everybody who was ever in the audience up to `as_of` was in it, or one user; empty for nobody."""
    stored = stored_under(generation, as_of, stored_as)[::-1]
    as_ofs = [at for at, _ in stored]
    values = {
        "as_ofs": as_ofs,
        "audiences": [audience_id for _, audience_id in stored],
        "names": sorted({audience_id for _, audience_id in stored}),
        "files": [str(generation.members_file(at)) for at in as_ofs],
        "mpid": mpid,
    }
    with calculator(spill, keeps_order=False) as connection:
        found = _rows(connection, values)
    days = [_day_of(at) for at in as_ofs]
    return tuple(
        Presence(
            users,
            _stays(text, as_ofs),
            len({day for day, held in zip(days, text, strict=True) if held == "1"}),
        )
        for text, users in found
    )


def _day_of(as_of: datetime) -> date:
    return (as_of - timedelta(microseconds=1)).date()


def _rows(connection: duckdb.DuckDBPyConnection, values: dict[str, object]) -> list[tuple[str, int]]:
    return connection.execute(_PRESENCES, values).fetchall()


def _stays(presence: str, as_ofs: Sequence[datetime]) -> tuple[Stay, ...]:
    found: list[Stay] = []
    for place, held in enumerate(presence):
        if held == "1":
            begins = place == 0 or presence[place - 1] == "0"
            first = as_ofs[place] if begins else found.pop().first
            found.append(Stay(first, as_ofs[place]))
    return tuple(found)
