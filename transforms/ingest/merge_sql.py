"""The statements of the merge of events. Views that they read: staged_events, staged_users, lake_events (the days
that are touched), rewritten_events (those that are written anew), lake_ids (workspace, input, event_id of every file),
rejected_files.
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
select epoch_us(event_at) // 86400000000 as day, count(*)
from staged_events
where file_ordinal not in (select file_ordinal from rejected_files)
group by day
order by day
"""

TOUCHED_USER_DAYS = """
select epoch_us(said_at) // 86400000000 as day, count(*)
from staged_users
where file_ordinal not in (select file_ordinal from rejected_files)
group by day
order by day
"""

#: What the merge of users needs no more.
FORGET_EVENTS = ("drop table candidates", "drop view named_events", "drop table decided", "drop table reused")

NEW_EVENTS_OF_DAYS = "select day, count(*) from decided where is_kept group by day"

# The sort is that of the contract, nulls first; an id is unique in its day, so it is total.
EVENTS = """
with new_events as (
    select staged_events.* exclude (content, file_ordinal) replace (decided.event_id as event_id)
    from staged_events join decided using (file_ordinal, source_line, source_index)
    where decided.is_kept
),
touched as (select distinct day from decided where is_kept)
select epoch_us(event_at) // 86400000000 as day, *
from (select * from rewritten_events union all by name select * from new_events)
where epoch_us(event_at) // 86400000000 in (select day from touched)
order by day, event_type nulls first, event_name nulls first, mpid, event_at, workspace, input, event_id
"""
