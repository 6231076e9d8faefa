select *
from {{ source('lake', 'users') }}
where
    said_at < {{ as_of() }}
    and day <= cast({{ as_of() }} as date)
    and {{ is_evaluated('environment') }}
    and {{ user_filter() }}
