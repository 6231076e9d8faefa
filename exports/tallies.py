"""How many identifiers each member has, and which identifiers several members have.

Both are told from columns of numbers, which polars sorts in a third of the time in which the engine groups or sorts them.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from exports.mpid_ranges import mpid_ranges
from transforms.errors import InternalError

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

#: Numbers at a time, of 8 bytes each. With fewer the table of identifiers, which may lie on disk, is read more often.
NUMBERS = 3_000_000
_NO_NEXT_MEMBER = """
create table next_member (
    mpid bigint, print_1 ubigint, print_2 ubigint, identifiers integer, sent timestamp, attributes ubigint
)
"""
_NEXT_MEMBER = """
insert into next_member
select
    value as mpid, null as print_1, null as print_2,
    len as identifiers, $as_of::timestamp as sent, coalesce(print, $of_nothing::ubigint) as attributes
from batch left join attribute_print on mpid = value
"""
_NO_PRINT_OF_SEVERAL = "create table print_of_several (print ubigint)"
_PRINT_OF_SEVERAL = "insert into print_of_several select number from batch"
# Whatever has the same print of 64 bits is compared as it is.
_FIRST_OF_SEVERAL = """
create table first_of_several as
select min(mpid) as mpid, place, value, is_digest
from identifier where hash(place, value) in (select print from print_of_several)
group by place, value, is_digest
"""
_FIRST = """
create view first_identifier as
select mpid, place, value, is_digest
from identifier where hash(place, value) not in (select print from print_of_several)
union all
select mpid, place, value, is_digest from first_of_several
"""


def tabulate_members(connection: duckdb.DuckDBPyConnection, as_of: datetime, of_nothing: int | None) -> None:
    """Make the table `next_member` (exports/ledger/received.py) of who is in the table `identifier`, sent at
    `as_of` with the attributes of `attribute_print`, else those `of_nothing`.
    """
    connection.execute(_NO_NEXT_MEMBER)
    for mpids in mpid_ranges(connection, "identifier", rows=NUMBERS):
        found = _numbers(connection, exp.column("mpid"), mpids.holds()).sort().rle().struct.unnest()
        _insert(connection, _NEXT_MEMBER, found, {"as_of": as_of, "of_nothing": of_nothing})


def view_first(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the view `first_identifier` (mpid, place, value, is_digest): each value of the table `identifier` once, of the
    first member who has it.
    """
    connection.execute(_NO_PRINT_OF_SEVERAL)
    parts = max(1, ceil(len(connection.table("identifier")) / NUMBERS))
    printed = exp.func("hash", exp.column("place"), exp.column("value"))
    for part in range(parts):
        is_here = exp.Mod(this=printed.copy(), expression=exp.convert(parts)).eq(part)
        prints = _numbers(connection, printed, is_here if parts > 1 else exp.true()).sort()
        # Slices take no memory, a shift takes that of all of them again.
        several = prints[1:].filter(prints[1:] == prints[:-1]).unique()
        _insert(connection, _PRINT_OF_SEVERAL, several.to_frame())
    connection.execute(_FIRST_OF_SEVERAL)
    connection.execute(_FIRST)


def _numbers(connection: duckdb.DuckDBPyConnection, number: exp.Expr, condition: exp.Expr) -> pl.Series:
    """A number of each row of the table `identifier`."""
    query = exp.select(number.as_("number")).from_("identifier").where(condition)
    found = pl.from_arrow(connection.sql(query.sql(dialect="duckdb")).to_arrow_table())
    if not isinstance(found, pl.DataFrame):
        raise InternalError("a result without columns")
    return found["number"]


def _insert(
    connection: duckdb.DuckDBPyConnection,
    statement: str,
    rows: pl.DataFrame,
    values: dict[str, object] | None = None,
) -> None:
    connection.register("batch", rows)
    connection.execute(statement, values)
    connection.unregister("batch")
