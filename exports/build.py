"""Members and what is known of their identities become the rows of one partner file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from exports.formats.format import Change, Delivery
from exports.formats.write import write
from exports.identifier_table import identifiers_statement
from exports.identifiers.encodings import Given, recognise
from exports.identifiers.normalised import Dropped, Plain
from exports.manifest import Counts
from exports.rows import frames
from transforms.engine import calculator
from transforms.errors import FAILED, Problem, UserError, failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    import duckdb
    import polars as pl

    from exports.partners.profile import IdentityColumn, Partner, PartnerFile
    from transforms.audiences.generations import Generation

_BATCH = 10_000
# hive_partitioning is off: the folder's name would hide the column as_of.
_MEMBERS = """
create table member as
select mpid from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($variant is null or variant = $variant)
"""
_ODD = "select mpid, place, text from identifier where text is not null"
_KEEP = "insert into identifier select mpid, place, value, is_digest, null from batch"
_KEYLESS = """
delete from identifier
where value is not null and mpid not in (select mpid from identifier where place = $key and value is not null)
"""
_COUNTS = """
select (select count(*) from member), count(distinct mpid), count(*)
from identifier where value is not null
"""
_DISTINCT = """
select count(*) from (select distinct mpid, place, value from identifier where value is not null)
"""
_HASHED = """
select place, count(*) filter (where is_digest), count(*)
from identifier where value is not null group by place order by place
"""


@dataclass(frozen=True)
class ExportRequest:
    """One file: an audience, or one variant of it, for a partner.

    `file` is one of the partner's, as the output's options have it. `identities` None means every type that it
    accepts. `region` is that of national phone numbers. `audience_name` is what the partner sees.
    """

    audience_id: str
    variant: str | None
    as_of: datetime
    partner: Partner
    file: PartnerFile
    audience_name: str
    identities: tuple[str, ...] | None = None
    region: str | None = None

    @property
    def identity_types(self) -> tuple[str, ...]:
        """The types to send, in the partner's order."""
        accepted = self.file.identity_types
        if self.identities is None:
            return accepted
        return tuple(kind for kind in accepted if kind in self.identities)

    @property
    def delivery(self) -> Delivery:
        """Whose rows they are; a variant is an audience of its own to a partner."""
        part = "" if self.variant is None else f"-{self.variant}"
        return Delivery(f"{self.audience_id}{part}", self.audience_name, self.as_of)

    @property
    def columns(self) -> tuple[IdentityColumn, ...]:
        """The columns that can hold something; columns of types that are not sent are left out."""
        types = set(self.identity_types)
        return tuple(
            column for column in self.file.identity_columns if types.intersection(column.identity_types)
        )


def write_export(generation: Generation, request: ExportRequest, path: Path) -> Counts:
    """Write the file of `request` from one generation, and return what became of the members.

    Every identity of every type is in it, in rows as the file arranges them (exports/partners/profile.py), in the
    order of mpids. Memory stays flat: what does not fit goes to a folder beside `path`.

    A failure (exit status 1) where a column mixes digests with values that are none (EXP-007), since whoever hashed a
    part may have hashed it otherwise, and where the partner takes fewer rows (EXP-008).
    """
    columns = request.columns
    with calculator(path.with_name(f"{path.name}.spill")) as connection:
        dropped = _gather(connection, generation, request, columns)
        members, users, identifiers = connection.execute(_COUNTS).fetchall()[0]
        tally = _Tally(request)
        rows = tally.counted(frames(connection, request.file, columns, delivery := request.delivery))
        with path.open("wb") as opened:
            write(request.file.format, opened, delivery, (Change(request.file.snapshot, rows),))
        of_members = (
            connection.execute(_DISTINCT).fetchall()[0][0] if request.file.has_members else tally.rows
        )
    dropped["repeated"] += identifiers - of_members
    dropped["without_identity"] += members - users
    reasons = tuple(sorted((reason, count) for reason, count in dropped.items() if count))
    return Counts(members=members, users=users, rows=tally.rows, dropped=reasons)


@dataclass
class _Tally:
    """Counts rows on their way into a file, and refuses the first too many."""

    request: ExportRequest
    rows: int = 0

    def counted(self, given: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        most = self.request.file.most_rows
        for frame in given:
            self.rows += frame.height
            if most is not None and self.rows > most:
                raise failure(
                    "EXP-008",
                    f"{self.request.partner.title} takes at most {most:,} rows, `{self.request.audience_id}` has more",
                    hint="split the audience by an A/B test or by criteria, or send fewer identity types",
                )
            yield frame


def _gather(
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    request: ExportRequest,
    columns: tuple[IdentityColumn, ...],
) -> Counter[str]:
    """Fill the table `identifier` with what can be sent; count what was dropped by reason."""
    connection.execute(
        _MEMBERS,
        {
            "members": str(generation.members_file(request.as_of)),
            "audience": request.audience_id,
            "variant": request.variant,
        },
    )
    statement = identifiers_statement(columns, request.identity_types, request.region)
    connection.execute(statement, {"identities": str(generation.identities_file)})
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
    _refuse_mixed(connection, columns)
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


def _refuse_mixed(connection: duckdb.DuckDBPyConnection, columns: tuple[IdentityColumn, ...]) -> None:
    problems = []
    for place, digests, values in connection.execute(_HASHED).fetchall():
        if 0 < digests < values:
            column = columns[place]
            problems.append(
                Problem(
                    "EXP-007",
                    f"`{column.header}` ({', '.join(column.identity_types)}) has {digests:,} values that are "
                    f"digests already and {values - digests:,} that are not",
                    hint="send them as they were collected, or hash all of them the way that the partner wants",
                )
            )
    if problems:
        raise UserError(*problems, exit_status=FAILED)
