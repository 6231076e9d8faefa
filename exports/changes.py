"""What differs between who is a member and what a partner has received: who joins its list, and who leaves it.

Members whose identities are what they were are found by a print of them, so that only the others are normalised and
encoded. Then values are compared as they were sent, byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.gather import gather
from exports.mixed import refuse_mixed_with_earlier
from exports.rows import encoded_statement

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    import duckdb

    from exports.request import ExportRequest

# Two prints of 64 bits: for a change of one member to be missed both would have to stay as they were.
_WANTED_MEMBER = """
create table wanted_member as
with printed as (
    select
        mpid,
        bit_xor(hash(identity_type, identity_value)) as print_1,
        bit_xor(hash(identity_value, identity_type)) as print_2
    from sendable_identity
    where identity_type in (select unnest($types)) and mpid in (select mpid from audience_member)
    group by mpid
)
select mpid, print_1, print_2, coalesce(print, $of_nothing::ubigint) as attributes
from printed left join attribute_print using (mpid)
"""
_SUSPECT = """
create table suspect as
select mpid
from wanted_member as wanted full join received_member as received using (mpid)
where $everyone
    or wanted.print_1 is distinct from received.print_1
    or wanted.print_2 is distinct from received.print_2
    or (wanted.mpid is null and received.identifiers > 0)
    or ($has_attributes and wanted.mpid is not null and wanted.attributes is distinct from received.attributes)
"""
_MEMBER = "create table member as select mpid from wanted_member where mpid in (select mpid from suspect)"
_HAD = """
create table had as
select received_row.mpid, header.place, received_row.value
from received_row join header using (header)
where received_row.mpid in (select mpid from suspect)
"""
_HEADERS = "create table header as select unnest($headers) as header, unnest($places) as place"
_NEW_HEADERS = """
insert into header
select header, (select count(*) from header) + row_number() over (order by header) - 1
from (select distinct header from received_row where header not in (select header from header))
"""
_CHANGED = """
create table changed as
select distinct mpid
from (
    (select mpid, place, value from wanted except select mpid, place, value from had)
    union all
    (select mpid, place, value from had except select mpid, place, value from wanted)
)
"""
# Whose attributes are others, although what they are known by may be the same.
_UPDATED = """
create table updated as
select mpid
from suspect join wanted_member as wanted using (mpid) left join received_member as received using (mpid)
where $has_attributes and wanted.attributes is distinct from received.attributes
"""
_EXPIRING = """
create table expiring as
select mpid
from received_member
where identifiers > 0 and ($everyone or sent <= $sent_before)
    and mpid in (select mpid from wanted_member)
    and mpid not in (select mpid from changed) and mpid not in (select mpid from updated)
"""
# Of those who are not looked at: the identifiers that one of the others has or had.
_TOUCHED = """
create table touched as
select place, value from wanted where mpid in (select mpid from changed union select mpid from updated)
union
select place, value from had where mpid in (select mpid from changed union select mpid from updated)
"""
_SHARED = """
create table shared as
select received_row.mpid, header.place, received_row.value
from received_row
    join header using (header)
    semi join touched on touched.place = header.place and touched.value = received_row.value
where received_row.mpid not in (select mpid from suspect)
"""
_STILL_WANTED = """
create table still_wanted as
select place, value from wanted union select place, value from shared
"""
_AGAIN = """
create table again as
select received_row.mpid, header.place, received_row.value
from received_row join header using (header)
where received_row.mpid in (select mpid from expiring)
"""
# Of an identifier that several members have the attributes are those of the first.
_FRESH = """
create table fresh as
with holding as (
    select place, value, min(mpid) as mpid
    from (select mpid, place, value from wanted union all select mpid, place, value from shared) group by all
),
held as (
    select place, value, min(mpid) as mpid
    from (select mpid, place, value from had union all select mpid, place, value from shared) group by all
)
select holding.mpid, place, value
from holding semi join touched using (place, value)
left join held using (place, value)
left join wanted_member as wanted on wanted.mpid = holding.mpid
left join received_member as received on received.mpid = held.mpid
where held.mpid is null or ($has_attributes and wanted.attributes is distinct from received.attributes)
"""
# Others whose attributes an identifier has from now on: what is known of them is in this part of the ledger, too, so that
# they are looked at again where it is not taken.
_SUCCEEDING = """
create table succeeding as
select distinct mpid from fresh
where $has_attributes and mpid not in (select mpid from suspect) and mpid not in (select mpid from expiring)
"""
_FIRST_HOLDERS = """
insert into joining
select mpid, place, value from wanted semi join joining using (place, value)
union
select received_row.mpid, header.place, received_row.value
from received_row join header using (header) semi join joining using (place, value)
where received_row.mpid not in (select mpid from suspect)
"""
_JOINING_IDENTITIES = """
create table joining as
select mpid, place, value
from (select mpid, place, value from wanted union select mpid, place, value from shared)
semi join fresh using (place, value)
union
select mpid, place, value from again
"""
_LEAVING_IDENTITIES = """
create table leaving as
select min(mpid) as mpid, place, value
from had anti join still_wanted using (place, value)
where mpid in (select mpid from changed)
group by place, value
"""
_JOINING_MEMBERS = """
create table joining as
select mpid, place, value from wanted where mpid in (select mpid from changed union select mpid from updated)
union
select mpid, place, value from again
"""
# Whoever is known by a member's own number leaves with all that was sent, and comes again with what is known now.
_LEAVING_MEMBERS = """
create table leaving as
select mpid, place, value from had
where mpid in (select mpid from changed) and not ($flagged and mpid in (select mpid from wanted))
"""
# A row that is known by a key is taken back by it, unless somebody who stays has the same key.
_LEAVING_BY_KEY = """
create table leaving as
select mpid, place, value from had
where mpid in (select mpid from changed) and mpid not in (
    select had.mpid from had semi join still_wanted using (place, value) where had.place in (select unnest($keys))
)
"""
# What is taken back may have found the same person as an identifier that stays: its members come again, after.
_BACK = """
insert into joining
select received_row.mpid, header.place, received_row.value
from received_row join header using (header)
where received_row.mpid in (
    select shared.mpid
    from shared join had using (place, value)
    where had.mpid in (select had.mpid from had semi join leaving using (place, value))
) and received_row.mpid not in (select mpid from expiring)
"""
_NOBODY_LEAVES = "create table leaving as select mpid, place, value from had where false"
# Whoever was sent a part of what they have is as old at the partner as the rest of it.
_NEXT_MEMBER = """
create table next_member as
with unsent as (
    select distinct mpid from wanted anti join joining using (mpid, place, value)
)
select
    suspect.mpid,
    wanted_member.print_1,
    wanted_member.print_2,
    coalesce(count_of.identifiers, 0)::integer as identifiers,
    case
        when suspect.mpid in (select mpid from joining) and suspect.mpid not in (select mpid from unsent)
            then $as_of::timestamp
        else coalesce(received.sent, $as_of::timestamp)
    end as sent,
    wanted_member.attributes
from suspect
left join wanted_member using (mpid)
left join received_member as received using (mpid)
left join (select mpid, count(*) as identifiers from next_row group by mpid) as count_of using (mpid)
union all
select mpid, print_1, print_2, identifiers, $as_of::timestamp, attributes
from received_member where mpid in (select mpid from expiring) and mpid not in (select mpid from suspect)
union all
select mpid, print_1, print_2, identifiers, sent, attributes
from received_member where mpid in (select mpid from succeeding)
"""
_NEXT_ROW = """
create table next_row as
select mpid, header, value
from (
    select mpid, place, value from wanted
    union
    select mpid, place, value from had where $additive
    union
    select mpid, place, value from again
    union
    select received_row.mpid, header.place, received_row.value
    from received_row join header using (header) where received_row.mpid in (select mpid from succeeding)
) join header using (place)
"""
_USERS = """
select
    (select count(*) from received_member where identifiers > 0),
    (
        select count(*) from received_member
        where identifiers > 0 and (
            mpid not in (select mpid from wanted_member)
            or (mpid in (select mpid from suspect) and mpid not in (select mpid from wanted))
        )
    ),
    (
        select count(*) from received_member
        where identifiers > 0 and mpid in (select mpid from wanted_member) and mpid not in (select mpid from suspect)
    ) + (select count(distinct mpid) from wanted)
"""


@dataclass(frozen=True)
class Changed:
    """How many users the partner had, of how many nothing is wanted there any more, and how many it will have."""

    received: int
    gone: int
    users: int
    dropped: Counter[str]


def find_changes(
    connection: duckdb.DuckDBPyConnection,
    request: ExportRequest,
    *,
    everyone: bool,
    looks_at_all: bool,
    removes: bool,
    sent_before: datetime | None,
    of_nothing: int | None,
) -> Changed:
    """Make the tables `joining` and `leaving` (mpid, place, value as it is sent), `header` (header, place: those of the
    request's columns first), and `next_member` and `next_row` for the ledger.

    Needs `audience_member`, what `tabulate_attributes` and what `open_received` makes. `of_nothing`: the print of no
    attributes, None where none are sent. `everyone` sends all members again; `looks_at_all` compares
    all, whatever their prints, as where rules have changed; members who were sent at `sent_before` or earlier come
    again, None: nobody expires; without `removes` nobody leaves.
    """
    has_attributes = of_nothing is not None
    connection.execute(_WANTED_MEMBER, {"types": list(request.identity_types), "of_nothing": of_nothing})
    connection.execute(_SUSPECT, {"everyone": looks_at_all, "has_attributes": has_attributes})
    connection.execute(_MEMBER)
    dropped = gather(connection, request)
    refuse_mixed_with_earlier(connection, request)
    connection.execute(encoded_statement(request.columns))
    headers = [column.header for column in request.columns]
    connection.execute(_HEADERS, {"headers": headers, "places": list(range(len(headers)))})
    for statement in (_NEW_HEADERS, _HAD, _CHANGED):
        connection.execute(statement)
    connection.execute(_UPDATED, {"has_attributes": has_attributes})
    for statement in (_TOUCHED, _SHARED, _STILL_WANTED):
        connection.execute(statement)
    connection.execute(_FRESH, {"has_attributes": has_attributes})
    connection.execute(_EXPIRING, {"everyone": everyone, "sent_before": sent_before})
    is_by_identity = has_attributes and not request.file.has_members
    connection.execute(_SUCCEEDING, {"has_attributes": is_by_identity})
    connection.execute(_AGAIN)
    _find_joining_and_leaving(connection, request, removes=removes)
    connection.execute(_NEXT_ROW, {"additive": not removes})
    connection.execute(_NEXT_MEMBER, {"as_of": request.as_of})
    if is_by_identity:
        connection.execute(_FIRST_HOLDERS)
    received, gone, users = connection.execute(_USERS).fetchall()[0]
    return Changed(received, gone if removes else 0, users, dropped)


def _find_joining_and_leaving(
    connection: duckdb.DuckDBPyConnection, request: ExportRequest, *, removes: bool
) -> None:
    file = request.file
    if not file.has_members:
        connection.execute(_JOINING_IDENTITIES)
        connection.execute(_LEAVING_IDENTITIES if removes else _NOBODY_LEAVES)
        return
    connection.execute(_JOINING_MEMBERS)
    keys = [place for place, column in enumerate(request.columns) if column.is_key]
    if not removes:
        connection.execute(_NOBODY_LEAVES)
    elif file.says_mpid:
        connection.execute(_LEAVING_MEMBERS, {"flagged": file.flags_members})
    elif keys:
        connection.execute(_LEAVING_BY_KEY, {"keys": keys})
    else:
        connection.execute(_LEAVING_IDENTITIES)
        connection.execute(_BACK)
