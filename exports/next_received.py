"""What a partner will have received when changes have been taken: the next part of the ledger."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from exports.mpid_ranges import MpidRange

# Whoever was sent a part of what they have is as old at the partner as the rest of it.
_NOBODY_UNSENT = "create table unsent (mpid bigint)"
_UNSENT = """
insert into unsent
select distinct mpid
from (select mpid, print from wanted where mpid between $first and $last)
anti join (select mpid, print from joining where mpid between $first and $last) using (mpid, print)
"""
_UNSUSPECTED_NEXT_MEMBER = """
create table next_member as
select mpid, print_1, print_2, identifiers, $as_of::timestamp as sent, attributes
from received_member where mpid in (select mpid from expiring) and mpid not in (select mpid from suspect)
union all
select mpid, print_1, print_2, identifiers, sent, attributes
from received_member where mpid in (select mpid from succeeding)
"""
# One grouping, which takes a third of the memory of a join for each thing that is known of a member.
_NEXT_MEMBER = """
insert into next_member by name
with of_suspects as (
    select
        mpid,
        any_value(print_1) as print_1,
        any_value(print_2) as print_2,
        count(is_next)::integer as identifiers,
        count(is_sent) > 0 and count(is_unsent) = 0 as is_sent,
        any_value(sent) as sent,
        any_value(attributes) as attributes
    from (
        select mpid, true as is_suspect from suspect
        union all by name
        select mpid, print_1, print_2, attributes from member
        union all by name
        select mpid, sent
        from received_member semi join (
            select mpid from suspect where mpid between $first and $last
        ) as of_part using (mpid)
        union all by name
        select mpid, true as is_next from next_row
        union all by name
        select mpid, true as is_sent from joining
        union all by name
        select mpid, true as is_unsent from unsent
    )
    where mpid between $first and $last
    group by mpid having bool_or(is_suspect)
)
select
    mpid, print_1, print_2, identifiers,
    case when is_sent then $as_of::timestamp else coalesce(sent, $as_of::timestamp) end as sent,
    attributes
from of_suspects
"""
# Suspects who come again have what they had: it is in `wanted`.
_NEXT_ROW = """
create table next_row as
select mpid, header, value
from (
    select mpid, place, value from wanted
    union all
    select mpid, place, value from had anti join wanted using (mpid, print) where $additive
    union all
    select mpid, place, value from again where mpid not in (select mpid from suspect)
    union all
    select received_row.mpid, header.place, received_row.value
    from received_row join header using (header) where received_row.mpid in (select mpid from succeeding)
) join header using (place)
"""


def tabulate_next(
    connection: duckdb.DuckDBPyConnection, parts: tuple[MpidRange, ...], as_of: datetime, *, removes: bool
) -> None:
    """Make the tables `next_row` (mpid, header, value) and `next_member` (as exports/ledger/received.py has it) of who
    joins and who leaves, as exports/changes.py finds them; those who are looked at part by part.

    Without `removes` nothing is taken back that a partner had.
    """
    connection.execute(_NEXT_ROW, {"additive": not removes})
    connection.execute(_NOBODY_UNSENT)
    connection.execute(_UNSUSPECTED_NEXT_MEMBER, {"as_of": as_of})
    for part in parts:
        connection.execute(_UNSENT, asdict(part))
        connection.execute(_NEXT_MEMBER, {"as_of": as_of, **asdict(part)})
