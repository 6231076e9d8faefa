select *
from {{ source('lake', 'events') }}
where
    event_at < {{ as_of() }}
    -- The partition's own column, so that files of later days are not opened.
    and day <= cast({{ as_of() }} as date)
    and {{ is_evaluated('environment') }}
    and {{ event_filter() }}
