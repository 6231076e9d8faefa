"""The statements of the merge of what was said of users. Views that they read: staged_users, rejected_files,
rewritten_users (the days that are written anew), large_users and large_days (those beside which late rows may wait),
late_user_days (those beside which they do).
"""

from __future__ import annotations

# The same thing said twice is kept once, in its newest place in the order of writing, so that the newest write
# stays the same whatever was ingested first. hash() does not tell an absent list from an empty one.
# Where an IP address lies is told by a database that may be another one when a file is read again: at one place in
# the order of writing the lake's own row stays.
_SAME = """
    partition by mpid, said_at, statement, name,
        hash(workspace, input, environment, login_identity, received_at, purpose, value, elements,
             elements is null, is_removed, consented),
        case when statement in ('location', 'coordinates') and fields['source'] = 'ip'
            then hash(source_path, source_line, position)
            else hash(map_keys(fields), map_values(fields), fields is null) end
"""
_NEWEST = """
    order by is_new and statement in ('location', 'coordinates') and coalesce(fields['source'] = 'ip', false),
        source_path desc, source_line desc, position desc
"""

# What comes to large days and was not said before, by file, line and position; `replaces`: in an older place it was.
LATE_STATEMENTS = f"""
create temp table late_statements as
with coming as not materialized (
    select * from staged_users
    where file_ordinal not in (select file_ordinal from rejected_files)
        and epoch_us(said_at) // 86400000000 in (select day from large_days)
),
said as (
    select *, null::integer as file_ordinal, false as is_new from large_users
    where (mpid, said_at) in (select (mpid, said_at) from coming)
    union all by name
    select *, true as is_new from coming
),
told as (
    select *, bool_or(not is_new) over ({_SAME}) as replaces
    from said
    qualify row_number() over ({_SAME} {_NEWEST}) = 1
)
select epoch_us(said_at) // 86400000000 as day, file_ordinal, source_line, position, replaces
from told
where is_new
"""

LATE_STATEMENTS_OF_DAYS = "select day, count(*), bool_or(replaces) from late_statements group by day"

# Of the days from $since until $until, of which no day may be missing in rewritten_users.
USERS = f"""
with said as (
    select *, false as is_new from rewritten_users
    union all by name
    select * exclude (file_ordinal), true as is_new from staged_users
    where file_ordinal not in (select file_ordinal from rejected_files)
        and said_at >= $since and said_at < $until
        and epoch_us(said_at) // 86400000000 not in (select day from late_user_days)
),
once as (
    select * exclude (is_new) from said
    qualify row_number() over ({_SAME} {_NEWEST}) = 1
),
late as (
    select * exclude (file_ordinal) from staged_users
    where said_at >= $since and said_at < $until and (file_ordinal, source_line, position) in (
        select (file_ordinal, source_line, position) from late_statements
        where day in (select day from late_user_days))
)
select epoch_us(said_at) // 86400000000 as day, *
from (select * from once union all by name select * from late)
order by day, statement, name nulls first, mpid, said_at, received_at, input, source_path, source_line, position,
    workspace, environment, login_identity nulls first, purpose nulls first, value nulls first, is_removed,
    consented nulls first, elements nulls first, map_keys(fields) nulls first, map_values(fields) nulls first
"""
