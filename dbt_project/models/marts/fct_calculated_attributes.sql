select
    as_of,
    attribute_id,
    mpid,
    value,
    elements
from {{ source('published', 'calculated_attributes') }}
