{% set key = ['login_identity'] -%}
{{ config(materialized='continued', unique_key=key) -}}

with

claims as (

    select
        name || ':' || value as login_identity,
        workspace,
        mpid,
        {{ write_order() }}
    from {{ ref('base_lake__users') }}
    where
        statement = 'identity'
        and login_identity is null
        and not is_removed
        and value is not null
        and name in ({{ login_identity_types() }})

),

{{ newest_rows('claims', key, then=', workspace desc, mpid desc') }}

select
    login_identity,
    mpid,
    said_at
from newest
