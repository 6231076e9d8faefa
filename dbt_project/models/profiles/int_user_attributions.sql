-- Senders write both `publisher` and `Publisher`; empty text names nobody.
with

events as (

    select
        workspace,
        mpid,
        case when event_type = 'uninstall' then 'uninstall' else 'install' end as attribution,
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
    from {{ ref('stg_lake__events') }}
    where
        event_type = 'uninstall'
        or (event_type = 'custom_event' and event_name = 'attribution' and lower(custom_type) = 'attribution')

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

-- An attribution event is believed before any attribution_info, however new.
ranked as (

    select
        *,
        row_number() over (
            partition by workspace, mpid, attribution
            order by is_event desc, {{ newest_first() }}
        ) as recency
    from (
        select * from events
        union all
        select * from statements
    ) as told
    where
        attribution = 'uninstall'
        or coalesce(publisher, campaign) is not null

),

newest as (

    select * from ranked where recency = 1

)

select
    newest.workspace,
    newest.mpid,
    newest.attribution,
    -- An uninstall that names neither is attributed as the install was; publisher and campaign stay together.
    case
        when coalesce(newest.publisher, newest.campaign) is null then installs.publisher
        else newest.publisher
    end as publisher,
    case
        when coalesce(newest.publisher, newest.campaign) is null then installs.campaign
        else newest.campaign
    end as campaign,
    newest.said_at
from newest
left join newest as installs
    on
        newest.attribution = 'uninstall'
        and installs.attribution = 'install'
        and newest.workspace = installs.workspace
        and newest.mpid = installs.mpid
