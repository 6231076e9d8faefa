"""The statements of the merge of events. Views that they read: staged_events, staged_users, lake_events (the days
that are touched), rewritten_events (those that are written anew), lake_ids (workspace, input, event_id of every file),
rejected_files, event_days (those that get something).
"""

from __future__ import annotations

# Most ids are new, and told so by eight bytes of each; what may be there twice is looked at whole.
KEYS = """
create temp table staged_keys as
select hash(workspace, input, event_id) as key
from staged_events
where event_id is not null and file_ordinal not in (select file_ordinal from rejected_files)
"""
SUSPECTS = """
create temp table suspects as
select key from staged_keys group by key having count(*) > 1
union
select key from (select hash(workspace, input, event_id) as key from lake_ids)
where key in (select staged_keys.key from staged_keys)
"""

# An event without an id gets the digest of its content and its ordinal among equal ones of its file.
CANDIDATES = """
create temp table candidates as
select file_ordinal, source_line, source_index, workspace, input, event_id, true as has_own_id,
       event_at, received_at, content_digest
from staged_events
where event_id is not null and file_ordinal not in (select file_ordinal from rejected_files)
    and hash(workspace, input, event_id) in (select key from suspects)
union all
select file_ordinal, source_line, source_index, workspace, input,
       content || '-' || row_number() over (
           partition by file_ordinal, content order by source_line, source_index) as event_id,
       false as has_own_id, event_at, received_at, content_digest
from staged_events
where event_id is null and file_ordinal not in (select file_ordinal from rejected_files)
"""

# Of one id and day the first ingested stays: that of the lake, else the first of this ingest. Events that are not
# decided here stay.
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
    where (workspace, input, event_id) in (select (workspace, input, event_id) from candidates)
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
),
in_lake as (
    select workspace, input, event_id from lake_ids
    where (workspace, input, event_id) in (select (workspace, input, event_id) from kept)
)
select file_ordinal
from kept
where place > 1 or (workspace, input, event_id) in (select (workspace, input, event_id) from in_lake)
"""


#: The staged events that stay, with their ids.
KEPT_EVENTS = """
create temp view kept_events as
select staged_events.* exclude (content, file_ordinal)
           replace (coalesce(decided.event_id, staged_events.event_id) as event_id)
from staged_events left join decided using (file_ordinal, source_line, source_index)
where coalesce(decided.is_kept, true) and file_ordinal not in (select file_ordinal from rejected_files)
"""

DECIDE = (
    KEYS,
    SUSPECTS,
    "drop table staged_keys",
    CANDIDATES,
    DECIDED,
    REUSED,
    KEPT_EVENTS,
    "drop table suspects",
)

COUNTS = """
with staged as (
    select file_ordinal, count(*) as events,
           count(*) filter (where event_at > received_at + interval 1 hour) as late
    from staged_events
    where file_ordinal not in (select file_ordinal from rejected_files)
    group by file_ordinal
),
dropped as (
    select file_ordinal, count(*) as events,
           count(*) filter (where is_different) as conflicting,
           count(*) filter (where event_at > received_at + interval 1 hour) as late
    from decided
    where not is_kept
    group by file_ordinal
)
select file_ordinal,
       staged.events - coalesce(dropped.events, 0) as kept,
       coalesce(dropped.events, 0) as duplicates,
       coalesce(dropped.conflicting, 0) as conflicting,
       staged.late - coalesce(dropped.late, 0) as late
from staged left join dropped using (file_ordinal)
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
FORGET_EVENTS = (
    "drop table candidates",
    "drop view named_events",
    "drop view kept_events",
    "drop table decided",
    "drop table reused",
)

DROPPED_OF_DAYS = "select day, count(*) from decided where not is_kept group by day"

# Of the days from $since until $until. The sort is that of the contract, nulls first; an id is unique in its day, so it
# is total. A day to which nothing new comes is left alone.
EVENTS = """
with new_events as (select * from kept_events where event_at >= $since and event_at < $until)
select epoch_us(event_at) // 86400000000 as day, *
from (select * from rewritten_events union all by name select * from new_events)
where epoch_us(event_at) // 86400000000 in (select day from event_days)
order by day, event_type nulls first, event_name nulls first, mpid, event_at, workspace, input, event_id
"""
