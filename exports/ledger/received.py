"""What a list has received, by member: a first part, and a part for each delivery that changed it.

A part is two parquet files. `<n>.members.parquet`: mpid, two prints of the identities that its rows were made of, how
many identifiers were sent, the as_of at which they were sent last, a print of the attributes that were sent along, and
the part's number. `<n>.rows.parquet`: mpid,
header, value as it was sent, and the number. Of a member the newest part that names it holds, without rows where
nothing of it is there any more. So a delivery of few changes writes few rows, whatever the list's size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from exports.ledger.records import ReceivedList

# More parts than this, or patches of more than a quarter of the first one's members, are put together: every delivery
# reads them all.
_MOST_PARTS = 8
_PATCHES = 4

_NO_MEMBERS = """
create table no_member (
    mpid bigint, print_1 ubigint, print_2 ubigint, identifiers integer, sent timestamp, attributes ubigint, part integer
)
"""
# Parts of an earlier version have no print of attributes: none were sent.
_EVERY_MEMBER = (
    "create view every_member as select * from no_member union all by name select * from stored_member"
)
_NO_ROWS = "create table every_row (mpid bigint, header varchar, value varchar, part integer)"
_FIRST = "create table first_part as select $first::integer as part"
_LATER = """
create table later as
select mpid, max(part) as part from every_member where part > (select part from first_part) group by mpid
"""
_RECEIVED_MEMBER = """
create table received_member as
select every_member.* exclude (part)
from every_member left join later using (mpid)
where every_member.part = coalesce(later.part, (select part from first_part))
"""
_RECEIVED_ROW = """
create view received_row as
select every_row.mpid, every_row.header, every_row.value
from every_row left join later using (mpid)
where every_row.part = coalesce(later.part, (select part from first_part))
"""
_LATER_MEMBERS = """
select
    (select count(*) from every_member where part > (select part from first_part))
    + (select count(*) from next_member),
    (select count(*) from every_member where part = (select part from first_part))
"""
_MEMBERS = """
select mpid, print_1, print_2, identifiers, sent, attributes, $part::integer as part from next_member order by mpid
"""
_ROWS = """
select mpid, header, value, $part::integer as part from next_row order by mpid, header, value
"""
_ALL_MEMBERS = """
select mpid, print_1, print_2, identifiers, sent, attributes, $part::integer as part
from (
    select * from next_member where identifiers > 0 or print_1 is not null
    union all by name
    select * from received_member where mpid not in (select mpid from next_member)
        and (identifiers > 0 or print_1 is not null)
)
order by mpid
"""
_ALL_ROWS = """
select mpid, header, value, $part::integer as part
from (
    select * from next_row
    union all by name
    select * from received_row where mpid not in (select mpid from next_member)
)
order by mpid, header, value
"""


def part_files(folder: Path, received: ReceivedList) -> Iterator[Path]:
    """The files that a list names."""
    for part in received.parts:
        yield _members_file(folder, part)
        if received.has_rows:
            yield _rows_file(folder, part)


def open_received(connection: duckdb.DuckDBPyConnection, folder: Path, received: ReceivedList | None) -> None:
    """Make the table `received_member` and the view `received_row` of what a list has received, empty where it is None.

    `received_member`: mpid, print_1, print_2, identifiers, sent, attributes; also those who left, without prints and identifiers.
    `received_row`: mpid, header, value.
    """
    parts = () if received is None else received.parts
    connection.execute(_NO_MEMBERS)
    if received is None or not parts:
        connection.table("no_member").create_view("every_member")
    else:
        files = [str(_members_file(folder, part)) for part in parts]
        connection.read_parquet(files, union_by_name=True).create_view("stored_member")
        connection.execute(_EVERY_MEMBER)
    if received is None or not parts or not received.has_rows:
        connection.execute(_NO_ROWS)
    else:
        connection.read_parquet([str(_rows_file(folder, part)) for part in parts]).create_view("every_row")
    connection.execute(_FIRST, {"first": min(parts, default=0)})
    for statement in (_LATER, _RECEIVED_MEMBER, _RECEIVED_ROW):
        connection.execute(statement)


def open_part(connection: duckdb.DuckDBPyConnection, folder: Path, part: int) -> None:
    """Make the tables `part_member` and `part_row` of a part that was written with its rows."""
    for path, table in ((_members_file(folder, part), "part_member"), (_rows_file(folder, part), "part_row")):
        connection.read_parquet(str(path)).create(table)


def write_part(
    connection: duckdb.DuckDBPyConnection, folder: Path, received: ReceivedList, *, replaces: bool
) -> tuple[int, ...]:
    """Write the tables `next_member` and `next_row` as the list's next part into `folder`; the parts that then hold.

    `replaces`: they are the whole list. Else those that they do not name stay as they are, and where that has become
    many parts all of it is written anew.
    """
    part = received.next_part
    joins = not replaces and (not received.parts or _is_much(connection, received))
    members, rows = (_ALL_MEMBERS, _ALL_ROWS) if joins else (_MEMBERS, _ROWS)
    _write(connection, members, part, _members_file(folder, part))
    if received.has_rows:
        _write(connection, rows, part, _rows_file(folder, part))
    return (part,) if replaces or joins else (*received.parts, part)


def _is_much(connection: duckdb.DuckDBPyConnection, received: ReceivedList) -> bool:
    later, first = connection.execute(_LATER_MEMBERS).fetchall()[0]
    return len(received.parts) >= _MOST_PARTS or later * _PATCHES > first


def _write(connection: duckdb.DuckDBPyConnection, statement: str, part: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.sql(statement, params={"part": part}).write_parquet(str(path), compression="zstd")


def _members_file(folder: Path, part: int) -> Path:
    return folder / f"{part}.members.parquet"


def _rows_file(folder: Path, part: int) -> Path:
    return folder / f"{part}.rows.parquet"
