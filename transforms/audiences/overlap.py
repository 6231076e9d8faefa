"""How audiences overlap, and who is sent to one output with more than one of them: counted over stored members."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions

# Each audience is a bit: users of one sum are in the same ones. hive_partitioning is off: the folder's name would hide
# the column as_of.
_USERS = """
create temp table users as
with places as (select unnest($audiences) as audience_id, generate_subscripts($audiences, 1) - 1 as place)
select mpid, bit_or(1::bigint << place) as region
from read_parquet($members, hive_partitioning = false) join places using (audience_id)
where audience_id in (select unnest($audiences))
group by mpid
"""
_REGIONS = "select region, count(*) from users group by region"
_SENT = """
with sent as (select unnest($audiences) as audience_id, unnest($variants) as sent_variant),
users as (
    select mpid, count(distinct audience_id) as audiences
    from read_parquet($members, hive_partitioning = false) join sent using (audience_id)
    where audience_id in (select unnest($audiences)) and (sent_variant is null or variant = sent_variant)
    group by mpid
)
select count(*) from users where audiences > 1
"""
_PAIRS = """
with regions as (
    select region, count(*) as users from users where bit_count(region) > 1 group by region
)
select first.place, second.place, sum(users)::bigint
from range($audiences) as first (place)
join range($audiences) as second (place) on first.place < second.place
join regions on (region >> first.place) & 1 = 1 and (region >> second.place) & 1 = 1
group by all
"""
#: A region is a number of 63 bits.
MOST_AUDIENCES = 63


@dataclass(frozen=True)
class Overlap:
    """The audiences, and how many users are in exactly each combination of them that has any."""

    audiences: tuple[str, ...]
    regions: Mapping[frozenset[str], int]

    @cached_property
    def users(self) -> int:
        """How many are in any of them."""
        return sum(self.regions.values())

    def shared(self, *audiences: str) -> int:
        """How many are in all of these, whatever else they are in."""
        return sum(users for region, users in self.regions.items() if region.issuperset(audiences))

    def only(self, audience: str) -> int:
        """How many are in this one and in no other."""
        return self.regions.get(frozenset({audience}), 0)


@dataclass(frozen=True)
class DoubleTargeted:
    """Members whom an output gets with two or more of its audiences, by active connections."""

    output: str
    audiences: tuple[str, ...]
    users: int


def overlap(generation: Generation, as_of: datetime, stored_as: Mapping[str, str], spill: Path) -> Overlap:
    """The overlap of audiences, of which each is stored at `as_of` under the id that it has in `stored_as`.

    At most MOST_AUDIENCES.
    """
    names = tuple(stored_as)
    with calculator(spill, keeps_order=False) as connection:
        _find_users(connection, generation, as_of, stored_as)
        found = connection.execute(_REGIONS).fetchall()
    regions = {
        frozenset(name for place, name in enumerate(names) if region >> place & 1): users
        for region, users in found
    }
    return Overlap(names, regions)


def shared_members(
    generation: Generation, as_of: datetime, stored_as: Mapping[str, str], spill: Path
) -> dict[tuple[str, str], int]:
    """How many users each two of these audiences share, where any are; each pair in both orders.

    As in `overlap`, `stored_as` has the ids under which they are stored at `as_of`; at most MOST_AUDIENCES.
    """
    names = tuple(stored_as)
    with calculator(spill, keeps_order=False) as connection:
        _find_users(connection, generation, as_of, stored_as)
        found = connection.execute(_PAIRS, {"audiences": len(names)}).fetchall()
    return {
        pair: users
        for first, second, users in found
        for pair in ((names[first], names[second]), (names[second], names[first]))
    }


def _find_users(
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    as_of: datetime,
    stored_as: Mapping[str, str],
) -> None:
    """Put everybody who is in any of the audiences into the table `users`."""
    values = {"members": str(generation.members_file(as_of)), "audiences": list(stored_as.values())}
    connection.execute(_USERS, values)


def double_targeted(
    generation: Generation,
    definitions: Definitions,
    as_of: datetime,
    stored_as: Mapping[str, str],
    spill: Path,
) -> tuple[DoubleTargeted, ...]:
    """For each output that gets two or more of these audiences, how many members it gets with more than one.

    Active connections count; of one that sends a variant, the members of that variant.
    """
    sent = sorted(
        {
            (connection.output, audience, connection.variant or "")
            for connection in definitions.connections
            if connection.is_active
            for audience in connection.audiences
            if audience in stored_as
        }
    )
    found: list[DoubleTargeted] = []
    with calculator(spill, keeps_order=False) as connection:
        for output, group in groupby(sent, key=lambda one: one[0]):
            pairs = [(audience, variant or None) for _, audience, variant in group]
            audiences = tuple(dict.fromkeys(audience for audience, _ in pairs))
            if len(audiences) > 1:
                values = {
                    "members": str(generation.members_file(as_of)),
                    "audiences": [stored_as[audience] for audience, _ in pairs],
                    "variants": [variant for _, variant in pairs],
                }
                rows: Sequence[tuple[int]] = connection.execute(_SENT, values).fetchall()
                found.append(DoubleTargeted(output, audiences, rows[0][0]))
    return tuple(found)
