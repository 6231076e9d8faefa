"""The statements of the merge. Views that they read: staged_events, staged_users, lake_events, lake_users (the
parts of the days that are touched), lake_ids (workspace, input, event_id of every part), rejected_files.
"""

from __future__ import annotations

# An event without an id gets the digest of its content and its ordinal among equal ones of its file.
CANDIDATES = """
create temp table candidates as
select file_ordinal, source_line, source_index, workspace, input, event_id, true as has_own_id,
       event_at, received_at, content_digest
from staged_events
where event_id is not null and file_ordinal not in (select file_ordinal from rejected_files)
union all
select file_ordinal, source_line, source_index, workspace, input,
       content || '-' || row_number() over (
           partition by file_ordinal, content order by source_line, source_index) as event_id,
       false as has_own_id, event_at, received_at, content_digest
from staged_events
where event_id is null and file_ordinal not in (select file_ordinal from rejected_files)
"""

# Of one id and day the first ingested stays: that of the lake, else the first of this ingest.
DECIDED = """
create temp table decided as
with ranked as (
    select *,
           epoch_us(event_at) // 86400000000 as day,
           row_number() over ids as place,
           first_value(content_digest) over ids as first_digest
    from candidates
    window ids as (
        partition by workspace, input, event_id, epoch_us(event_at) // 86400000000
        order by file_ordinal, source_line, source_index)
),
kept_before as (
    select workspace, input, event_id, epoch_us(event_at) // 86400000000 as day, content_digest as lake_digest
    from lake_events
)
select ranked.*,
       kept_before.lake_digest is null and place = 1 as is_kept,
       content_digest <> coalesce(kept_before.lake_digest, first_digest) as is_different
from ranked left join kept_before using (workspace, input, event_id, day)
"""

# The first of an id is not reused, whichever day it has; that of the lake comes first of all.
REUSED = """
create temp table reused as
with kept as (
    select file_ordinal, workspace, input, event_id,
           row_number() over (
               partition by workspace, input, event_id order by file_ordinal, source_line, source_index) as place
    from decided
    where is_kept and has_own_id
)
select file_ordinal
from kept
where place > 1
   or (workspace, input, event_id) in (select (workspace, input, event_id) from lake_ids)
"""

COUNTS = """
select file_ordinal,
       count(*) filter (where is_kept) as kept,
       count(*) filter (where not is_kept) as duplicates,
       count(*) filter (where not is_kept and is_different) as conflicting,
       count(*) filter (where is_kept and event_at > received_at + interval 1 hour) as late
from decided
group by file_ordinal
"""

REUSED_COUNTS = "select file_ordinal, count(*) from reused group by file_ordinal"

TOUCHED_EVENT_DAYS = """
select distinct epoch_us(event_at) // 86400000000 as day
from staged_events
where file_ordinal not in (select file_ordinal from rejected_files)
order by day
"""

TOUCHED_USER_DAYS = """
select distinct epoch_us(said_at) // 86400000000 as day
from staged_users
where file_ordinal not in (select file_ordinal from rejected_files)
order by day
"""

# The sort is that of the contract, nulls first; an id is unique in its day, so it is total.
EVENTS = """
with new_events as (
    select staged_events.* exclude (content, file_ordinal) replace (decided.event_id as event_id)
    from staged_events join decided using (file_ordinal, source_line, source_index)
    where decided.is_kept
),
touched as (select distinct day from decided where is_kept)
select epoch_us(event_at) // 86400000000 as day, *
from (select * from lake_events union all by name select * from new_events)
where epoch_us(event_at) // 86400000000 in (select day from touched)
order by day, event_type nulls first, event_name nulls first, mpid, event_at, workspace, input, event_id
"""

# The same thing said twice is kept once, in its newest place in the order of writing, so that the newest write
# stays the same whatever was ingested first. hash() does not tell an absent list from an empty one.
# Where an IP address lies is told by a database that may be another one when a file is read again: at one place in
# the order of writing the lake's own row stays.
USERS = """
with said as (
    select *, false as is_new from lake_users
    union all by name
    select * exclude (file_ordinal), true as is_new from staged_users
    where file_ordinal not in (select file_ordinal from rejected_files)
),
once as (
    select * exclude (is_new) from said
    qualify row_number() over (
        partition by mpid, said_at, statement, name,
            hash(workspace, input, environment, login_identity, received_at, purpose, value, elements,
                 elements is null, is_removed, consented),
            case when statement in ('location', 'coordinates') and fields['source'] = 'ip'
                then hash(source_path, source_line, position)
                else hash(map_keys(fields), map_values(fields), fields is null) end
        order by is_new and statement in ('location', 'coordinates') and coalesce(fields['source'] = 'ip', false),
            source_path desc, source_line desc, position desc) = 1
)
select epoch_us(said_at) // 86400000000 as day, *
from once
order by day, statement, name nulls first, mpid, said_at, received_at, input, source_path, source_line, position,
    workspace, environment, login_identity nulls first, purpose nulls first, value nulls first, is_removed,
    consented nulls first, elements nulls first, map_keys(fields) nulls first, map_values(fields) nulls first
"""
