"""What differs between who is a member and what a partner has received: who joins its list, and who leaves it.

Members whose identities are what they were are found by a print of them, so that only the others are normalised and
encoded. Then values are compared as they were sent, each by a print of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from exports.gather import gather
from exports.mixed import refuse_mixed_with_earlier
from exports.mpid_ranges import MEMBERS, ROWS, mpid_ranges
from exports.next_received import tabulate_next
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
_MEMBER = "create table member as select * from wanted_member where mpid in (select mpid from suspect)"
# A print of 128 bits stands for what is sent and where: comparing the texts takes three times as long, and more memory.
_PRINT = "create macro print_of(place, value) as md5_number(place || ' ' || value)"
_WANTED = "create table wanted (mpid bigint, place integer, value varchar, print uhugeint)"
_HAD = """
create table had as
select received_row.mpid, header.place, received_row.value, print_of(header.place, received_row.value) as print
from received_row join header using (header)
where received_row.mpid in (select mpid from suspect)
"""
_HEADERS = "create table header as select unnest($headers) as header, unnest($places) as place"
_NEW_HEADERS = """
insert into header
select header, (select count(*) from header) + row_number() over (order by header) - 1
from (select distinct header from received_row where header not in (select header from header))
"""
_NOBODY_CHANGED = "create table changed (mpid bigint)"
# What a member had and still has cancels itself out.
_CHANGED = """
insert into changed
select mpid
from (select mpid, print from wanted union all select mpid, print from had)
where mpid between $first and $last
group by mpid having bit_xor(print) <> 0
"""
# Whose attributes are others, although what they are known by may be the same.
_UPDATED = """
create table updated as
select mpid
from suspect join wanted_member as wanted using (mpid) left join received_member as received using (mpid)
where $has_attributes and wanted.attributes is distinct from received.attributes
"""
_NOBODY_MOVED = "create table moved (mpid bigint)"
_MOVED = """
insert into moved
select mpid from changed where mpid between $first and $last
union
select mpid from updated where mpid between $first and $last
"""
_EXPIRING = """
create table expiring as
select mpid
from received_member
where identifiers > 0 and ($everyone or sent <= $sent_before)
    and mpid in (select mpid from wanted_member) and mpid not in (select mpid from moved)
"""
_TOUCHED = """
create view touched as
select mpid, place, value, print from wanted where mpid in (select mpid from moved)
union all
select mpid, place, value, print from had where mpid in (select mpid from moved)
"""
# Of those who are not looked at: the identifiers that one of the others has or had.
_SHARED = """
create table shared as
select
    received_row.mpid, header.place, received_row.value, print_of(header.place, received_row.value) as print
from received_row
    join header using (header)
    semi join touched on touched.place = header.place and touched.value = received_row.value
where received_row.mpid not in (select mpid from suspect)
"""
_STILL_WANTED = """
create view still_wanted as select print from wanted union all select print from shared
"""
_AGAIN = """
create table again as
select received_row.mpid, header.place, received_row.value, print_of(header.place, received_row.value) as print
from received_row join header using (header)
where received_row.mpid in (select mpid from expiring)
"""
# Of an identifier that several members have the attributes are those of the first.
_HOLDING = """
create table holding as
select print, min(mpid) as mpid
from (select mpid, print from wanted union all select mpid, print from shared)
where print in (select print from touched)
group by print
"""
_HELD = """
create table held as
select print, min(mpid) as mpid
from (select mpid, print from had union all select mpid, print from shared)
group by print
"""
_FRESH = """
create table fresh as
select holding.mpid, print
from holding
left join held using (print)
left join wanted_member as wanted on $has_attributes and wanted.mpid = holding.mpid
left join received_member as received on $has_attributes and received.mpid = held.mpid
where held.mpid is null or ($has_attributes and wanted.attributes is distinct from received.attributes)
"""
# Others whose attributes an identifier has from now on: what is known of them is in this part of the ledger, too, so that
# they are looked at again where it is not taken.
_SUCCEEDING = """
create table succeeding as
select distinct mpid from fresh
where $has_attributes and mpid not in (select mpid from suspect) and mpid not in (select mpid from expiring)
"""
_NOBODY_SUCCEEDS = "create table succeeding (mpid bigint)"
_FIRST_HOLDERS = """
insert into joining
with holding as (
    select mpid, place, value, print from wanted where print in (select print from joining)
    union all
    select
        received_row.mpid, header.place, received_row.value, print_of(header.place, received_row.value) as print
    from received_row join header using (header) semi join joining using (place, value)
    where received_row.mpid not in (select mpid from suspect)
)
select mpid, place, value, print from holding anti join joining using (mpid, print)
"""
_JOINING_IDENTITIES = """
create table joining as
select mpid, place, value, print
from (select * from wanted union all select * from shared)
where print in (select print from fresh)
union all
select mpid, place, value, print from again where print not in (select print from fresh)
"""
_FIRST_JOINING = """
create or replace table joining as
with first as (select print, min(mpid) as mpid from joining group by print)
select joining.mpid, place, value, print from joining semi join first using (mpid, print)
"""
_LEAVING_IDENTITIES = """
create table leaving as
with last as (
    select print, min(mpid) as mpid
    from had
    where mpid in (select mpid from changed) and print not in (select print from still_wanted)
    group by print
)
select had.mpid, place, value, print from had semi join last using (mpid, print)
"""
_JOINING_MEMBERS = """
create table joining as
select mpid, place, value, print from wanted where mpid in (select mpid from moved)
union all
select mpid, place, value, print from again
"""
# Whoever is known by a member's own number leaves with all that was sent, and comes again with what is known now.
_LEAVING_MEMBERS = """
create table leaving as
select mpid, place, value, print from had
where mpid in (select mpid from changed) and not ($flagged and mpid in (select mpid from wanted))
"""
# A row that is known by a key is taken back by it, unless somebody who stays has the same key.
_LEAVING_BY_KEY = """
create table leaving as
select mpid, place, value, print from had
where mpid in (select mpid from changed) and mpid not in (
    select mpid from had
    where place in (select unnest($keys)) and print in (select print from still_wanted)
)
"""
# What is taken back may have found the same person as an identifier that stays: its members come again, after.
_BACK = """
insert into joining
select received_row.mpid, header.place, received_row.value, print_of(header.place, received_row.value)
from received_row join header using (header)
where received_row.mpid in (
    select shared.mpid
    from shared join had using (print)
    where had.mpid in (select had.mpid from had semi join leaving using (print))
) and received_row.mpid not in (select mpid from expiring)
"""
_NOBODY_LEAVES = "create table leaving as select mpid, place, value, print from had where false"
_NOBODY_SENDABLE = "create table sendable (mpid bigint)"
_SENDABLE = "insert into sendable select distinct mpid from wanted where mpid between $first and $last"
# Of those whom the partner had: those who are not looked at and stay members, and those who were and have something.
_UNCHANGED = """
select count(*)
from received_member semi join wanted_member using (mpid) anti join suspect using (mpid)
where identifiers > 0
"""
_KEPT = "select count(*) from received_member semi join sendable using (mpid) where identifiers > 0"
_RECEIVED = "select count(*) from received_member where identifiers > 0"


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
    _encode(connection, request)
    headers = [column.header for column in request.columns]
    connection.execute(_HEADERS, {"headers": headers, "places": list(range(len(headers)))})
    for statement in (_NEW_HEADERS, _HAD, _NOBODY_CHANGED, _NOBODY_MOVED, _NOBODY_SENDABLE):
        connection.execute(statement)
    parts = mpid_ranges(connection, "suspect", rows=MEMBERS)
    connection.execute(_UPDATED, {"has_attributes": has_attributes})
    for part in parts:
        for statement in (_CHANGED, _MOVED, _SENDABLE):
            connection.execute(statement, asdict(part))
    for statement in (_TOUCHED, _SHARED, _STILL_WANTED):
        connection.execute(statement)
    connection.execute(_EXPIRING, {"everyone": everyone, "sent_before": sent_before})
    connection.execute(_AGAIN)
    if request.file.has_members:
        connection.execute(_NOBODY_SUCCEEDS)
        _find_members(connection, request, removes=removes)
    else:
        _find_identities(connection, removes=removes, has_attributes=has_attributes)
    tabulate_next(connection, parts, request.as_of, removes=removes)
    if not request.file.has_members:
        if has_attributes:
            connection.execute(_FIRST_HOLDERS)
        connection.execute(_FIRST_JOINING)
    received, unchanged, kept = (
        connection.execute(statement).fetchall()[0][0] for statement in (_RECEIVED, _UNCHANGED, _KEPT)
    )
    gone = received - unchanged - kept if removes else 0
    return Changed(received, gone, unchanged + len(connection.table("sendable")), dropped)


def _encode(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> None:
    connection.execute(encoded_statement(request.columns))
    for statement in (_PRINT, _WANTED):
        connection.execute(statement)
    encoded = exp.select("mpid", "place", "value", "print_of(place, value)").from_("encoded")
    for mpids in mpid_ranges(connection, "identifier", rows=ROWS):
        connection.execute(exp.insert(encoded.where(mpids.holds()), "wanted").sql(dialect="duckdb"))


def _find_identities(connection: duckdb.DuckDBPyConnection, *, removes: bool, has_attributes: bool) -> None:
    for statement in (_HOLDING, _HELD):
        connection.execute(statement)
    connection.execute(_FRESH, {"has_attributes": has_attributes})
    connection.execute(_SUCCEEDING, {"has_attributes": has_attributes})
    connection.execute(_JOINING_IDENTITIES)
    connection.execute(_LEAVING_IDENTITIES if removes else _NOBODY_LEAVES)


def _find_members(connection: duckdb.DuckDBPyConnection, request: ExportRequest, *, removes: bool) -> None:
    file = request.file
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
