"""The statements that fill `data/sample`. A user's point is md5 of the mpid's text: the sample takes the smallest."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = (
    # A mpid as text, hashed: the order in which `download --sample` takes users too.
    "create macro point_of(mpid) as md5(mpid::varchar)",
    "create table known (mpid bigint)",
    "create table sampled (mpid bigint, point varchar)",
)

KNOWN = "insert into known select mpid from read_parquet($files, hive_partitioning = false)"
SAMPLED = "insert into sampled select mpid, point from read_parquet($files, hive_partitioning = false)"

#: The mpids of lake files that no earlier file had.
NEW = """
create or replace temp table seen_anew as
select distinct mpid from read_parquet($files, hive_partitioning = false)
where mpid not in (select known.mpid from known)
"""
NEW_COUNT = "select count(*) from seen_anew"
ADD_KNOWN = "insert into known select mpid from seen_anew"
WRITE_NEW = "copy (select mpid from seen_anew order by mpid) to '{file}' (format parquet, compression zstd)"
WRITE_KNOWN = "copy (select mpid from known order by mpid) to '{file}' (format parquet, compression zstd)"

#: The smallest points among those that were sampled and `{among}`, a table of mpids.
CHOOSE = """
create or replace table sampled as
select mpid, point from (
    select mpid, point from sampled
    union all
    select mpid, point_of(mpid) from {among}
    where $upto is null or point_of(mpid) <= $upto
)
order by point, mpid
limit $most
"""
LARGEST = "select max(point) from sampled"
WRITE_SAMPLED = (
    "copy (select mpid, point from sampled order by mpid) to '{file}' (format parquet, compression zstd)"
)

#: The rows of one day that are of the sample, in the lake's order.
WRITE_DAY = """
copy (
    select {columns} from read_parquet($files, hive_partitioning = false)
    where mpid in (select sampled.mpid from sampled)
    order by {order}
) to '{file}' (format parquet, compression zstd, row_group_size {row_group})
"""
BEARS_LOGINS = """
select exists (
    select 1 from read_parquet($files, hive_partitioning = false) where login_identity is not null
)
"""

#: Each day's point up to which its rows are sampled: what lies above is looked for here.
DAYS = "create or replace temp table {table}_days as select unnest($days)::date as day, unnest($upto) as upto"
LAKE = """
create or replace macro lake_{table}(files) as table
select lake.* from read_parquet(files, hive_partitioning = true, hive_types = {{day: date}}) as lake
"""
NO_OTHERS = """
create or replace temp table other_{table} as
select *, current_date as day from read_parquet($files, hive_partitioning = false) limit 0
"""


@dataclass(frozen=True)
class Known:
    """A set of texts that only grows: `found` gives its `columns`, with `takes` as parameters."""

    name: str
    columns: tuple[str, ...]
    takes: tuple[str, ...]
    found: str

    def parts(self) -> dict[str, str]:
        """What the statements of sets are filled with."""
        return {
            "name": self.name,
            "columns": ", ".join(self.columns),
            "typed": ", ".join(f"{column} varchar" for column in self.columns),
            "found": self.found,
        }


#: The table of a set, of which `is_new` tells what was not in it before.
NO_SET = "create or replace temp table {name} ({typed}, is_new boolean)"
READ_SET = "insert into {name} select {columns}, false from read_parquet($files, hive_partitioning = false)"
GROW_SET = (
    "insert into {name} select distinct {columns}, true from ({found}) anti join {name} using ({columns})"
)
WRITE_SET = "copy (select {columns} from {name} order by all) to '{file}' (format parquet, compression zstd)"


@dataclass(frozen=True)
class OtherRows:
    """Rows of a table of the lake, called `lake`, that bring a text of a set, `{which}` of it; `takes` as in Known.

    `beside` are other rows of the day without which these are to be looked for anew.
    """

    name: str
    table: str
    takes: tuple[str, ...]
    condition: str
    beside: str | None = None


#: Login identities that a user of the sample was ever said to have: what bears one may be that user's.
LOGINS = Known(
    "logins",
    ("login_identity",),
    ("users", "login_types"),
    """
    select name || ':' || value as login_identity
    from read_parquet($users, hive_partitioning = false)
    where
        statement = 'identity'
        and login_identity is null
        and value is not null
        and list_contains($login_types, name)
    """,
)
_BORNE = "lake.login_identity in (select logins.login_identity from logins {which})"

#: Who logs in during a session ends it under another mpid.
SESSIONS = Known(
    "sessions",
    ("input", "session_id"),
    ("events",),
    """
    select input, session_id from (
        select input, session_id, event_type from read_parquet($events, hive_partitioning = false)
        union all
        select input, session_id, event_type from other_events
    )
    where event_type = 'session_start' and session_id is not null
    """,
)
_ENDS = """
    lake.event_type = 'session_end'
    and lake.session_id is not null
    and (lake.input, lake.session_id) in (select (sessions.input, sessions.session_id) from sessions {which})
    and coalesce(lake.login_identity not in (select logins.login_identity from logins), true)
"""

#: Every record that says whose a login identity is that rows of the sample bear.
CLAIMED = Known(
    "claimed",
    ("login_identity",),
    ("events", "users"),
    """
    select login_identity from (
        select login_identity from read_parquet($events, hive_partitioning = false)
        union all
        select login_identity from read_parquet($users, hive_partitioning = false)
        union all
        select login_identity from other_events
        union all
        select login_identity from other_users
    )
    where login_identity is not null
    """,
)
_CLAIMS = """
    lake.statement = 'identity'
    and lake.login_identity is null
    and lake.value is not null
    and list_contains($login_types, lake.name)
    and lake.name || ':' || lake.value in (select claimed.login_identity from claimed {which})
"""

#: Sets, each with the rows of other mpids that it brings, in the order in which they come to be.
OTHERS: tuple[tuple[Known, tuple[OtherRows, ...]], ...] = (
    (LOGINS, (OtherRows("borne", "events", (), _BORNE), OtherRows("borne", "users", (), _BORNE))),
    (SESSIONS, (OtherRows("ends", "events", (), _ENDS, beside="borne"),)),
    (CLAIMED, (OtherRows("claims", "users", ("login_types",), _CLAIMS),)),
)
#: Days that were looked through before and have rows for what is new in a set.
DAYS_OF_NEW = "select distinct lake.day::varchar from lake_{table}($files) as lake where {condition}"
WRITE_OTHERS_OF_DAY = """
copy (
    select lake.* from lake_{table}($files) as lake
    join {table}_days as days on lake.day = days.day
    where {condition} and point_of(lake.mpid) > days.upto
) to '{file}' (format parquet, compression zstd)
"""
ADD_OTHERS = "insert into other_{table} select * from read_parquet($files, hive_partitioning = false)"

WRITE_OTHERS = """
copy (select * from other_{table} order by {order})
to '{file}' (format parquet, compression zstd, row_group_size {row_group})
"""
