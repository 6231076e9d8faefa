{% set key = ['workspace', 'mpid', 'attribute_key'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

writes as (

    select
        workspace,
        mpid,
        lower(name) as attribute_key,
        name as attribute_name,
        value,
        elements,
        is_removed,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'attribute'

),

{{ newest_rows('writes', key) }}

select
    workspace,
    mpid,
    attribute_key,
    attribute_name,
    value,
    elements,
    is_removed,
    said_at
from newest
