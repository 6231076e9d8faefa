"""Members and what is known of their identities become the rows of one partner file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from exports.formats.csv import write_csv
from exports.identifiers import Dropped
from exports.manifest import Counts
from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from exports.partners.profile import Partner
    from transforms.audiences.generations import Generation

_BATCH = 10_000
# hive_partitioning is off: the folder's name would hide the column as_of.
_MEMBERS = """
create table member as
select mpid from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($variant is null or variant = $variant)
"""
_IDENTITIES = """
select mpid, identity_type, identity_value from read_parquet($identities) semi join member using (mpid)
where list_contains($types, identity_type)
"""
_SENDABLE = "create table sendable (mpid bigint, place integer, value varchar)"
_KEEP = "insert into sendable select mpid, place, value from batch"
_COUNTS = """
select
    (select count(*) from member),
    (select count(distinct mpid) from sendable),
    (select count(*) from sendable)
"""
_ROWS = "select distinct place, value from sendable order by place, value"


@dataclass(frozen=True)
class ExportRequest:
    """One file: an audience, or one variant of it, for a partner.

    `identities` None means every type that the partner accepts. `region` is that of national phone numbers.
    """

    audience_id: str
    variant: str | None
    as_of: datetime
    partner: Partner
    identities: tuple[str, ...] | None = None
    region: str | None = None

    @property
    def identity_types(self) -> tuple[str, ...]:
        """The types to send, in the partner's order."""
        accepted = self.partner.identity_types
        return (
            accepted
            if self.identities is None
            else tuple(kind for kind in accepted if kind in self.identities)
        )


def write_export(generation: Generation, request: ExportRequest, path: Path) -> Counts:
    """Write the file of `request` from one generation, and return what became of the members.

    One row for each distinct identity value, in its own column, the others empty: a fixed number of columns
    for one member would lose the fourth address, and partners match a row by any of its columns. Columns of
    types that are not sent are left out. Rows are sorted by column, then value. Memory stays flat: what does
    not fit goes to a folder beside `path`.
    """
    types = set(request.identity_types)
    columns = [column for column in request.partner.columns if types.intersection(column.identity_types)]
    with calculator(path.with_name(f"{path.name}.spill")) as connection:
        connection.execute(
            _MEMBERS,
            {
                "members": str(generation.members_file(request.as_of)),
                "audience": request.audience_id,
                "variant": request.variant,
            },
        )
        dropped = _normalise(connection, generation, request, [column.header for column in columns])
        found = connection.execute(_COUNTS).fetchall()[0]
        members, users, sendable = found
        with path.open("wb") as opened:
            rows = write_csv(
                opened.write, [column.header for column in columns], _rows(connection, len(columns))
            )
    dropped["repeated"] += sendable - rows
    dropped["without_identity"] += members - users
    reasons = tuple(sorted((reason, count) for reason, count in dropped.items() if count))
    return Counts(members=members, users=users, rows=rows, dropped=reasons)


def _normalise(
    connection: duckdb.DuckDBPyConnection, generation: Generation, request: ExportRequest, headers: list[str]
) -> Counter[str]:
    """Fill the table `sendable`; count what was dropped by reason."""
    by_type = {kind: column for column in request.partner.columns for kind in column.identity_types}
    places = {header: place for place, header in enumerate(headers)}
    dropped: Counter[str] = Counter()
    connection.execute(_SENDABLE)
    # A second cursor: writing through the first one would end a result that is still read.
    identities = connection.cursor().execute(
        _IDENTITIES,
        {"identities": str(generation.identities_file), "types": list(request.identity_types)},
    )
    while found := identities.fetchmany(_BATCH):
        kept: list[tuple[int, int, str]] = []
        for mpid, kind, value in found:
            column = by_type[kind]
            normalised = column.normalise(value, request.region)
            if isinstance(normalised, Dropped):
                dropped[normalised.reason] += 1
            else:
                kept.append((mpid, places[column.header], column.encode(normalised)))
        _keep(connection, kept)
    return dropped


def _keep(connection: duckdb.DuckDBPyConnection, kept: list[tuple[int, int, str]]) -> None:
    if not kept:
        return
    mpids, places, values = zip(*kept, strict=True)
    table = pa.table({"mpid": pa.array(mpids, pa.int64()), "place": places, "value": values})
    connection.register("batch", table)
    connection.execute(_KEEP)
    connection.unregister("batch")


def _rows(connection: duckdb.DuckDBPyConnection, width: int) -> Iterator[list[str]]:
    result = connection.execute(_ROWS)
    while found := result.fetchmany(_BATCH):
        for place, value in found:
            row = [""] * width
            row[place] = value
            yield row
