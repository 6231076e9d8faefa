select
    as_of,
    audience_id,
    mpid,
    variant
from {{ source('published', 'memberships') }}
