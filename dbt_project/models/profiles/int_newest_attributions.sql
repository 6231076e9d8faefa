{% set key = ['workspace', 'mpid', 'attribution', 'is_event'] -%}
{{ config(materialized='continued', unique_key=key) -}}

-- Senders write both `publisher` and `Publisher`; empty text names nobody.
with

uninstalls as (

    select
        *,
        'uninstall' as attribution
    from {{ ref('stg_lake__events') }}
    where event_type = 'uninstall'

),

installs as (

    select
        *,
        'install' as attribution
    from {{ ref('stg_lake__events') }}
    where
        event_type = 'custom_event'
        and event_name = 'attribution'
        and lower(custom_type) = 'attribution'

),

events as (

    select
        workspace,
        mpid,
        attribution,
        true as is_event,
        coalesce(
            nullif({{ field('attributes', 'publisher') }}, ''),
            nullif({{ field('attributes', 'Publisher') }}, '')
        ) as publisher,
        coalesce(
            nullif({{ field('attributes', 'campaign') }}, ''),
            nullif({{ field('attributes', 'Campaign') }}, '')
        ) as campaign,
        event_at as said_at,
        received_at,
        input,
        source_path,
        source_line,
        source_index as position
    from (
        select * from uninstalls
        union all
        select * from installs
    ) as told

),

-- Of what ingest took from an event the event itself tells.
statements as (

    select
        workspace,
        mpid,
        name as attribution,
        false as is_event,
        {{ field('fields', 'publisher') }} as publisher,
        {{ field('fields', 'campaign') }} as campaign,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where
        statement = 'attribution'
        and not is_removed
        and coalesce({{ field('fields', 'source') }}, 'batch') <> 'event'

),

told as (

    select *
    from (
        select * from events
        union all
        select * from statements
    ) as all_told
    where
        attribution = 'uninstall'
        or coalesce(publisher, campaign) is not null

),

{{ newest_rows('told', key) }}

select
    workspace,
    mpid,
    attribution,
    is_event,
    publisher,
    campaign,
    said_at
from newest
