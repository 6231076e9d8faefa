with

ranked as (

    select
        *,
        row_number() over (
            partition by workspace, mpid, attribution
            order by is_event desc
        ) as rank_of_source
    from {{ ref('int_newest_attributions') }}

),

-- An attribution event is believed before any attribution_info, however new.
newest as (

    select * from ranked where rank_of_source = 1

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
