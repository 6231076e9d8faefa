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
from identifier where value is not null group by place order by place
"""
# What was sent of those who are not looked at, since it has not changed. Most often all of it, or none, looks like a
# digest, so that few texts are looked at one by one.
_SENT_BEFORE = """
select identity_value from sendable_identity
where identity_type in (select unnest($types))
    and mpid in (select mpid from wanted_member) and mpid not in (select mpid from suspect)
    and regexp_full_match(trim(identity_value), '[0-9a-fA-F]{32,64}|[A-Za-z0-9+/]{43}=') = $digests
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
    problems = []
    for place, digests, _ in connection.execute(_HASHED).fetchall():
        column = request.columns[place]
        if column.encoding is not PLAIN and _has(connection, request, column, digests=not digests):
            words = (
                ("values that are no digests", "digests") if digests else ("digests", "values that are none")
            )
            problems.append(_problem(column, f"has received {words[0]}, and now would receive {words[1]}"))
    _raise(problems)


def _has(
    connection: duckdb.DuckDBPyConnection, request: ExportRequest, column: IdentityColumn, *, digests: bool
) -> bool:
    """Whether a digest, or else a value that is none, was sent in the column."""
    types = [kind for kind in column.identity_types if kind in request.identity_types]
    texts = connection.execute(_SENT_BEFORE, {"types": types, "digests": digests})
    kind = Given if digests else Plain
    while found := texts.fetchmany(_BATCH):
        if any(
            isinstance(recognise(text, request.region, column.rules, column.encoding), kind)
            for (text,) in found
        ):
            return True
    return False


def _problem(column: IdentityColumn, found: str) -> Problem:
    return Problem("EXP-007", f"`{column.header}` ({', '.join(column.identity_types)}) {found}", hint=_HINT)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise UserError(*problems, exit_status=FAILED)
