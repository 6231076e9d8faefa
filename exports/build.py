"""Members and what is known of their identities become the rows of one partner file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from exports.attribute_rows import attribute_names, dropped_attributes, tabulate_attributes
from exports.changes import find_changes
from exports.formats.format import Change
from exports.formats.write import write
from exports.gather import find_members, gather
from exports.manifest import Counts
from exports.rows import encoded_statement, frames, frames_of
from exports.tallies import tabulate_members
from transforms.audiences.known import masked
from transforms.errors import failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb
    import polars as pl

    from exports.formats.format import Operation, WrittenRequest
    from exports.request import ExportRequest
    from transforms.audiences.generations import Generation

#: Rows that a rehearsal shows.
_SHOWN = 3
_NOBODY = "delete from audience_member"
_EVERYBODY = "create table member as select mpid from audience_member"
_COUNTS = """
select (select count(*) from audience_member), count(*), coalesce(sum(identifiers), 0)::bigint from next_member
"""
_DISTINCT = """
select count(*) from (select distinct mpid, place, value from identifier)
"""
_GONE = """
select
    (select count(*) from received_member where identifiers > 0),
    (select count(*) from received_member anti join next_member using (mpid) where identifiers > 0)
"""
_NEXT_ROW = """
create table next_row as
select mpid, $headers[place + 1] as header, value from encoded
"""
_NO_NEXT_ROW = "create table next_row (mpid bigint, header varchar, value varchar)"


@dataclass(frozen=True)
class Written:
    """What a file holds. `received`: how many users the partner had before; `gone`: how many it has no more after.

    `requests`: the rows of each request, where they are requests. `shown`: the first three rows, every value masked.
    """

    counts: Counts
    received: int
    gone: int
    requests: tuple[WrittenRequest, ...]
    shown: tuple[dict[str, str], ...]


def write_whole(
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    request: ExportRequest,
    path: Path,
    *,
    keeps_rows: bool,
) -> Written:
    """Write all members, and make `next_member` and `next_row` for the ledger; the rows only where `keeps_rows`.

    Every identity of every type is in it, in rows as the file arranges them (exports/partners/profile.py), in the
    order of mpids. Needs what `open_received` makes.

    A failure (exit status 1) where a column mixes digests with values that are none (EXP-007), and where the partner
    takes fewer rows (EXP-008).
    """
    withheld = find_members(connection, generation, request)
    of_nothing = tabulate_attributes(connection, generation, request)
    connection.execute(_EVERYBODY)
    dropped = gather(connection, request)
    tabulate_members(connection, request.as_of, of_nothing)
    members, users, identifiers = connection.execute(_COUNTS).fetchall()[0]
    tally = _Tally(request)
    operation = request.file.snapshot
    rows = tally.counted(frames(connection, request), operation)
    with path.open("wb") as opened:
        requests = write(request.file.format, opened, request.delivery, (Change(operation, rows),))
    written = tally.rows[operation]
    of_members = connection.execute(_DISTINCT).fetchall()[0][0] if request.file.has_members else written
    dropped["repeated"] += identifiers - of_members
    dropped["without_identity"] += members - users
    dropped += dropped_attributes(connection, request)
    counts = Counts(members, users, written, _reasons(dropped), withheld=withheld)
    received, gone = connection.execute(_GONE).fetchall()[0]
    if keeps_rows:
        connection.execute(encoded_statement(request.columns))
        connection.execute(_NEXT_ROW, {"headers": [column.header for column in request.columns]})
    else:
        connection.execute(_NO_NEXT_ROW)
    return Written(counts, received, gone if operation == "replace" else 0, requests, tally.masked())


def write_changes(
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    request: ExportRequest,
    path: Path,
    *,
    everyone: bool,
    looks_at_all: bool,
    removes: bool,
    empties: bool,
    sent_before: datetime | None,
) -> Written:
    """Write who leaves, then who joins, as `find_changes` tells them; where it `empties`, as if nobody were a member.

    Errors as of `write_whole`.
    """
    withheld = find_members(connection, generation, request)
    if empties:
        connection.execute(_NOBODY)
    of_nothing = tabulate_attributes(connection, generation, request)
    changed = find_changes(
        connection,
        request,
        of_nothing=of_nothing,
        everyone=everyone,
        looks_at_all=looks_at_all,
        removes=removes,
        sent_before=sent_before,
    )
    headers = tuple(
        header for (header,) in connection.execute("select header from header order by place").fetchall()
    )
    tally = _Tally(request)

    def change(operation: Operation, table: str) -> Change:
        found = frames_of(connection, table, request, headers, operation)
        return Change(operation, tally.counted(found, operation))

    changes = [change("add", "joining")]
    if _has_rows(connection, "leaving"):
        changes.insert(0, change("remove", "leaving"))
    with path.open("wb") as opened:
        requests = write(request.file.format, opened, request.delivery, changes)
    members = connection.execute("select count(*) from audience_member").fetchall()[0][0]
    changed.dropped["without_identity"] += members - changed.users
    changed.dropped.update(dropped_attributes(connection, request))
    counts = Counts(
        members, changed.users, tally.rows["add"], _reasons(changed.dropped), tally.rows["remove"], withheld
    )
    return Written(counts, changed.received, changed.gone, requests, tally.masked())


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.table(table).limit(1).fetchall())


def _reasons(dropped: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((reason, count) for reason, count in dropped.items() if count))


@dataclass
class _Tally:
    """Counts rows on their way into a file, and refuses the first too many."""

    request: ExportRequest
    rows: Counter[str] = field(default_factory=Counter)
    first: list[dict[str, object]] = field(default_factory=list)

    def counted(self, given: Iterable[pl.DataFrame], operation: Operation) -> Iterator[pl.DataFrame]:
        most = self.request.file.most_rows
        for frame in given:
            self.rows[operation] += frame.height
            if most is not None and self.rows.total() > most:
                raise failure(
                    "EXP-008",
                    f"{self.request.partner.title} takes at most {most:,} rows, `{self.request.audience_id}` has more",
                    hint="split the audience by an A/B test or by criteria, or send fewer identity types",
                )
            if len(self.first) < _SHOWN:
                self.first += frame.head(_SHOWN - len(self.first)).to_dicts()
            yield frame

    def masked(self) -> tuple[dict[str, str], ...]:
        """The first rows, as they may be shown to whoever looks over a shoulder."""
        return tuple(
            {
                header: _masked(value)
                for header, value in _by_name(self.request, row)
                if value not in (None, [])
            }
            for row in self.first
        )


def _by_name(request: ExportRequest, row: dict[str, object]) -> Iterator[tuple[str, object]]:
    """What a row holds, each attribute by its name."""
    for header, value in row.items():
        if request.attributes_are_listed and header in attribute_names(request).values():
            # What is JSON begins with a quote or a bracket, which tells nobody anything.
            listed = cast("list[dict[str, str]]", value or ())
            yield from ((one["name"], one["value"].strip('"[')) for one in listed)
        else:
            yield header, value


def _masked(value: object) -> str:
    match value:
        case str():
            return masked(value)
        case list():
            return ", ".join(map(_masked, value))
        case bool() | datetime():
            return str(value)
        case _:
            return masked(str(value))
