select
    as_of,
    audience_id,
    size,
    adds,
    drops,
    volatility
from {{ source('published', 'audience_daily') }}
