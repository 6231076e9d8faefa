"""A column that mixes digests with values that are none is refused: whoever hashed a part may have hashed it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.identifiers.encodings import PLAIN, Given, recognise
from exports.identifiers.normalised import Plain
from transforms.errors import FAILED, Problem, UserError

if TYPE_CHECKING:
    import duckdb

    from exports.partners.profile import IdentityColumn
    from exports.request import ExportRequest

_BATCH = 1_000
_HASHED = """
select place, count(*) filter (where is_digest), count(*)
from identifier group by place order by place
"""
# What was sent of those who are not looked at, since it has not changed. Most often all of it, or none, looks like a
# digest, so that few texts are looked at one by one; a length is told sooner than a pattern.
_SENT_BEFORE = """
select identity_type, identity_value from sendable_identity
where identity_type in (select unnest($types))
    and mpid in (select mpid from wanted_member) and mpid not in (select mpid from suspect)
    and $digests = (
        length(identity_value) >= 32
        and regexp_full_match(trim(identity_value), '[0-9a-fA-F]{32,64}|[A-Za-z0-9+/]{43}=')
    )
"""
_HINT = "send them as they were collected, or hash all of them the way that the partner wants"


def refuse_mixed(connection: duckdb.DuckDBPyConnection, columns: tuple[IdentityColumn, ...]) -> None:
    """A failure (exit status 1) EXP-007 for each column of the table `identifier` that is mixed."""
    problems = []
    for place, digests, values in connection.execute(_HASHED).fetchall():
        if 0 < digests < values:
            found = f"has {digests:,} values that are digests already and {values - digests:,} that are not"
            problems.append(_problem(columns[place], found))
    _raise(problems)


def refuse_mixed_with_earlier(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> None:
    """The same of the table `identifier` beside what was sent of members who are not looked at: of those who are in
    `wanted_member` and not in `suspect`.
    """
    found = connection.execute(_HASHED).fetchall()
    hashed = [(request.columns[place], digests > 0) for place, digests, _ in found]
    problems = []
    # One look for all columns of a kind: they are most often of the same.
    for digests in (True, False):
        columns = [
            column
            for column, has_digests in hashed
            if has_digests != digests and column.encoding is not PLAIN
        ]
        words = ("digests", "values that are none") if digests else ("values that are no digests", "digests")
        problems += [
            _problem(column, f"has received {words[0]}, and now would receive {words[1]}")
            for column in _received(connection, request, columns, digests=digests)
        ]
    _raise(problems)


def _received(
    connection: duckdb.DuckDBPyConnection,
    request: ExportRequest,
    columns: list[IdentityColumn],
    *,
    digests: bool,
) -> list[IdentityColumn]:
    """Those of the columns in which a digest, or else a value that is none, was sent."""
    left = list(columns)
    types = {kind for column in columns for kind in column.identity_types if kind in request.identity_types}
    if not types:
        return []
    texts = connection.execute(_SENT_BEFORE, {"types": sorted(types), "digests": digests})
    kind = Given if digests else Plain
    while left and (found := texts.fetchmany(_BATCH)):
        left = [
            column
            for column in left
            if not any(
                isinstance(recognise(text, request.region, column.rules, column.encoding), kind)
                for identity_type, text in found
                if identity_type in column.identity_types
            )
        ]
    return [column for column in columns if column not in left]


def _problem(column: IdentityColumn, found: str) -> Problem:
    return Problem("EXP-007", f"`{column.header}` ({', '.join(column.identity_types)}) {found}", hint=_HINT)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise UserError(*problems, exit_status=FAILED)
