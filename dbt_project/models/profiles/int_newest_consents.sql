{% set key = ['workspace', 'mpid', 'regulation', 'purpose'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

records as (

    select
        workspace,
        mpid,
        lower(name) as regulation,
        lower(purpose) as purpose,
        consented,
        is_removed,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'consent'

),

{{ newest_rows('records', key) }}

select
    workspace,
    mpid,
    regulation,
    purpose,
    consented,
    is_removed,
    {{ write_order() }}
from newest
