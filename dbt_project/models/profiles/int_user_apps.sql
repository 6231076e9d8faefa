{% set key = ['workspace', 'mpid'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

statements as (

    select
        workspace,
        mpid,
        {{ field('fields', 'version') }} as version,
        {{ field('fields', 'build') }} as build,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where
        statement = 'app'
        and coalesce({{ field('fields', 'version') }}, {{ field('fields', 'build') }}) is not null

),

{{ newest_rows('statements', key) }}

select
    workspace,
    mpid,
    version,
    build,
    said_at
from newest
