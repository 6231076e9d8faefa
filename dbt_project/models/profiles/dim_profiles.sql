{{
    config(
        materialized='continued',
        unique_key=['workspace', 'mpid'],
        meta={'earliest': ['first_seen', 'first_active'], 'latest': ['last_seen', 'last_active']},
        contract={'enforced': true},
    )
}}

with

active as (

    select
        workspace,
        mpid,
        min(event_at) as first_active,
        max(event_at) as last_active
    from {{ ref('stg_lake__events') }}
    group by workspace, mpid

),

said as (

    select
        workspace,
        mpid,
        min(said_at) as first_said,
        max(said_at) as last_said
    from {{ ref('stg_lake__users') }}
    group by workspace, mpid

),

seen as (

    select
        workspace,
        mpid,
        first_active as first_seen,
        last_active as last_seen,
        first_active,
        last_active
    from active

    union all

    select
        workspace,
        mpid,
        first_said as first_seen,
        last_said as last_seen,
        null as first_active,
        null as last_active
    from said

)

select
    workspace,
    mpid,
    min(first_seen) as first_seen,
    max(last_seen) as last_seen,
    min(first_active) as first_active,
    max(last_active) as last_active
from seen
group by workspace, mpid
