"""The statements that fill `data/sample`. A user's point is md5 of the mpid's text: the sample takes the smallest."""

from __future__ import annotations

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

#: Login identities that a user of the sample was ever said to have: what bears one may be that user's.
NO_LOGINS = "create or replace temp table logins (login_identity varchar, is_new boolean)"
KNOWN_LOGINS = """
insert into logins select login_identity, false from read_parquet($files, hive_partitioning = false)
"""
NEW_LOGINS = """
insert into logins
select distinct name || ':' || value as login_identity, true
from read_parquet($files, hive_partitioning = false)
where
    statement = 'identity'
    and login_identity is null
    and value is not null
    and list_contains($login_types, name)
    and name || ':' || value not in (select logins.login_identity from logins)
"""
WRITE_LOGINS = """
copy (select login_identity from logins order by login_identity) to '{file}' (format parquet, compression zstd)
"""
#: Days that have rows for login identities which were not known when the days were read.
DAYS_OF_NEW_LOGINS = """
select distinct lake.day::varchar
from lake_{table}($files) as lake
join {table}_days as days on lake.day = days.day
where
    lake.login_identity in (select logins.login_identity from logins where logins.is_new)
    and point_of(lake.mpid) > days.upto
"""
WRITE_BORNE = """
copy (
    select lake.* from lake_{table}($files) as lake
    join {table}_days as days on lake.day = days.day
    where
        lake.login_identity is not null
        and lake.login_identity in (select logins.login_identity from logins)
        and point_of(lake.mpid) > days.upto
) to '{file}' (format parquet, compression zstd)
"""
BORNE = "insert into other_{table} select * from read_parquet($files, hive_partitioning = false)"

#: Who logs in during a session ends it under another mpid.
SESSIONS = """
create or replace temp table sessions as
select distinct input, session_id from (
    select input, session_id, event_type from read_parquet($files, hive_partitioning = false)
    union all
    select input, session_id, event_type from other_events
)
where event_type = 'session_start' and session_id is not null
"""
ENDS = """
insert into other_events
select lake.* from lake_events($files) as lake
join events_days as days on lake.day = days.day
where
    lake.event_type = 'session_end'
    and lake.session_id is not null
    and (lake.input, lake.session_id) in (select (sessions.input, sessions.session_id) from sessions)
    and point_of(lake.mpid) > days.upto
    and coalesce(lake.login_identity not in (select logins.login_identity from logins), true)
"""

#: Every record that says whose a login identity is that rows of the sample bear.
CLAIMED = """
create or replace temp table claimed as
select login_identity from read_parquet($events, hive_partitioning = false) where login_identity is not null
union
select login_identity from read_parquet($users, hive_partitioning = false) where login_identity is not null
union
select login_identity from other_events where login_identity is not null
union
select login_identity from other_users where login_identity is not null
"""
CLAIMED_COUNT = "select count(*) from claimed"
CLAIMS = """
insert into other_users
select lake.* from lake_users($files) as lake
join users_days as days on lake.day = days.day
where
    lake.statement = 'identity'
    and lake.login_identity is null
    and lake.value is not null
    and list_contains($login_types, lake.name)
    and lake.name || ':' || lake.value in (select claimed.login_identity from claimed)
    and point_of(lake.mpid) > days.upto
"""
WRITE_OTHERS = """
copy (select * from other_{table} order by {order})
to '{file}' (format parquet, compression zstd, row_group_size {row_group})
"""
