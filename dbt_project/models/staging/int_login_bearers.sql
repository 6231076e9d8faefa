{{ config(materialized='continued', unique_key=['login_identity', 'mpid']) }}

select
    login_identity,
    mpid
from {{ ref('base_lake__events') }}
where login_identity is not null

union

select
    login_identity,
    mpid
from {{ ref('base_lake__users') }}
where login_identity is not null
