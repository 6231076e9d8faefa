"""What can be sent of members: their identities, normalised as each column wants them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa

from exports.identifier_table import identifiers_statement
from exports.identifiers.encodings import Given, recognise
from exports.identifiers.normalised import Dropped, Plain
from exports.mixed import refuse_mixed
from exports.withheld import withhold

if TYPE_CHECKING:
    import duckdb

    from exports.request import ExportRequest
    from transforms.audiences.generations import Generation

_BATCH = 10_000
# hive_partitioning is off: the folder's name would hide the column as_of.
_MEMBERS = """
create table audience_member as
select mpid from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($variant is null or variant = $variant)
"""
_ODD = "select mpid, place, value from identifier where is_digest is null"
_KEEP = "insert into identifier select mpid, place, value, is_digest from batch"
_NO_ODD = "delete from identifier where is_digest is null"
_KEYLESS = """
delete from identifier
where mpid not in (select mpid from identifier where place = $key)
"""


def find_members(
    connection: duckdb.DuckDBPyConnection, generation: Generation, request: ExportRequest
) -> tuple[tuple[str, int], ...]:
    """Make the table `audience_member`, the mpids of whom the request is of and who may be sent, and the view
    `sendable_identity`; how many were withheld, by reason.
    """
    connection.execute(
        _MEMBERS,
        {
            "members": str(generation.members_file(request.as_of)),
            "audience": request.audience_id,
            "variant": request.variant,
        },
    )
    return withhold(connection, generation, request.withholding, request.identity_types)


def gather(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> Counter[str]:
    """Make the table `identifier` of the table `member`, and count what was dropped by reason.

    Columns: mpid, place (of the request's columns), value (normalised, not encoded yet), is_digest (came as one).

    A failure (exit status 1) where a column mixes digests with values that are none (EXP-007), since whoever hashed a
    part may have hashed it otherwise.
    """
    columns = request.columns
    statement = identifiers_statement(columns, request.identity_types, request.region)
    connection.execute(statement)
    dropped: Counter[str] = Counter()
    # A second cursor: writing through the first one would end a result that is still read.
    odd = connection.cursor().execute(_ODD)
    while found := odd.fetchmany(_BATCH):
        kept: list[tuple[int, int, str, bool]] = []
        for mpid, place, text in found:
            column = columns[place]
            match recognise(text, request.region, column.rules, column.encoding):
                case Dropped(reason):
                    dropped[reason] += 1
                case Plain(value):
                    kept.append((mpid, place, value, False))
                case Given(digest):
                    kept.append((mpid, place, digest, True))
        _keep(connection, kept)
    connection.execute(_NO_ODD)
    refuse_mixed(connection, columns)
    for place, column in enumerate(columns):
        if column.is_key:
            dropped["without_key"] += connection.execute(_KEYLESS, {"key": place}).fetchall()[0][0]
    return dropped


def _keep(connection: duckdb.DuckDBPyConnection, kept: list[tuple[int, int, str, bool]]) -> None:
    if not kept:
        return
    mpids, places, values, digests = zip(*kept, strict=True)
    table = pa.table(
        {"mpid": pa.array(mpids, pa.int64()), "place": places, "value": values, "is_digest": digests}
    )
    connection.register("batch", table)
    connection.execute(_KEEP)
    connection.unregister("batch")
