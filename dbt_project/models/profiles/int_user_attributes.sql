{{ config(materialized='view') }}

select
    workspace,
    mpid,
    attribute_key,
    attribute_name,
    value,
    elements,
    said_at
from {{ ref('int_newest_attributes') }}
where not is_removed
