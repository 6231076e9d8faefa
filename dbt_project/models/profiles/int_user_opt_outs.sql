{% set key = ['workspace', 'mpid'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

statements as (

    select
        workspace,
        mpid,
        lower(value) = 'true' as is_opted_out,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where
        statement = 'opt_out'
        and lower(value) in ('true', 'false')

),

{{ newest_rows('statements', key) }}

select
    workspace,
    mpid,
    is_opted_out,
    said_at
from newest
