select
    id as audience_id,
    name,
    external_name,
    journey as journey_id,
    tags,
    owner
from {{ source('published', 'audiences') }}
