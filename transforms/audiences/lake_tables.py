"""The lake as the functions that models name: all of it, what matters to one user, or a sample of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.errors import failure
from transforms.ingest.identities import login_digest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from transforms.audiences.sample import Sample

_LAKE = """
create macro lake_{name}() as table
select * from read_parquet('{files}', hive_partitioning = true, hive_types = {{{partition}}})
"""
#: Each table with the name and type of its folders, as `create_inputs` of the dbt project has them.
_TABLES = {"events": "day: date", "users": "day: date", "lists": "list_name: varchar"}
_EMPTY = "create table {name}_of_user as select * from lake_{name}() limit 0"
# One value at a time: of several the engine skips only what lies below the smallest or above the largest.
_ROWS = "insert into {name}_of_user select * from lake_{name}() where mpid = $mpid and day <= $day"
_NAMED = """
select distinct name || ':' || value from users_of_user
where statement = 'identity' and login_identity is null and value is not null
    and list_contains($login_types, name)
"""
_LOGINS = """
select login_identity from users_of_user where login_identity is not null
union
select login_identity from events_of_user where login_identity is not null
"""
_CLAIMS = """
insert into users_of_user
select * from lake_users()
where statement = 'identity' and name = $name and value = $value and login_identity is null
    and not list_contains($mpids, mpid) and day <= $day
"""
# Who logs in during a session ends it under another mpid.
_ENDS = """
insert into events_of_user
select * from lake_events()
where event_type = 'session_end' and not list_contains($mpids, mpid) and day <= $day and (input, session_id) in (
    select (input, session_id) from events_of_user where event_type = 'session_start' and session_id is not null
)
"""
_OF_USER = "create or replace macro lake_{name}() as table select * from {name}_of_user"
_OF_SAMPLE = """
create or replace macro lake_{name}() as table
select * from read_parquet({files}, hive_partitioning = true, hive_types = {{day: date}})
union all
select * from read_parquet({others}, hive_partitioning = false)
"""


def define_lake(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """Make `lake_events()`, `lake_users()` and `lake_lists()` all that was ingested.

    A failure (exit status 1) where nothing was.
    """
    for name, partition in _TABLES.items():
        if not any((lake / name).glob("*/*.parquet")):
            raise failure(
                "nothing-ingested", "there is no lake: nothing was ingested", hint="run `milepost run`"
            )
        files = str(lake / name / "*" / "*.parquet").replace("'", "''")
        connection.execute(_LAKE.format(name=name, files=files, partition=partition))


def define_lake_of_sample(connection: duckdb.DuckDBPyConnection, lake: Path, sample: Sample) -> None:
    """Make events and users the rows of a sample, lists stay whole. Of users outside the sample there is a part."""
    define_lake(connection, lake)
    if not sample.record.is_whole:
        for name in ("events", "users"):
            files = [_literal(path) for path in sample.files(name)]
            others = _literal(sample.others(name))
            statement = _OF_SAMPLE.format(name=name, files=f"[{', '.join(files)}]", others=others)
            connection.execute(statement)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def define_lake_of_user(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    mpid: int,
    as_of: datetime,
    login_types: tuple[str, ...],
) -> None:
    """Make events and users tables in memory, with all that says something of one user before `as_of`; lists stay
    whole.

    A record without mpid lies under the digest of its login identity until models resolve it. So that is what bears
    the mpid or the digest of a login identity that was said of the user, every record that says whose such a
    login identity is, and the ends of the user's sessions. Of other users there is only a part.
    """
    define_lake(connection, lake)
    for name in ("events", "users"):
        connection.execute(_EMPTY.format(name=name))
    day = {"day": as_of.date()}
    connection.execute(_ROWS.format(name="users"), {"mpid": mpid, **day})
    named = connection.execute(_NAMED, {"login_types": list(login_types)}).fetchall()
    digests = sorted({login_digest(login) for (login,) in named} - {mpid})
    for digest in digests:
        connection.execute(_ROWS.format(name="users"), {"mpid": digest, **day})
    mpids = [mpid, *digests]
    for one in mpids:
        connection.execute(_ROWS.format(name="events"), {"mpid": one, **day})
    connection.execute(_ENDS, {"mpids": mpids, **day})
    logins = {login for (login,) in (*named, *connection.execute(_LOGINS).fetchall())}
    for login in sorted(logins):
        name, _, value = login.partition(":")
        connection.execute(_CLAIMS, {"name": name, "value": value, "mpids": mpids, **day})
    for name in ("events", "users"):
        connection.execute(_OF_USER.format(name=name))
