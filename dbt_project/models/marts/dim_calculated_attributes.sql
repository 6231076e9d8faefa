select
    id as attribute_id,
    name,
    function,
    gives,
    is_calculated,
    tags,
    owner
from {{ source('published', 'attribute_definitions') }}
