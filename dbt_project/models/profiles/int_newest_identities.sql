{% set key = ['workspace', 'mpid', 'identity_type'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

writes as (

    select
        workspace,
        mpid,
        name as identity_type,
        value as identity_value,
        is_removed,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where
        statement = 'identity'
        and name not in ({{ device_identity_types() }})

),

{{ newest_rows('writes', key) }}

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    is_removed,
    said_at
from newest
