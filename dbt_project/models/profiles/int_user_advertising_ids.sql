-- What a device said of tracking when it gave an advertising id: both came in one record.
with

given as (

    select
        workspace,
        mpid,
        name as identity_type,
        value as identity_value,
        input,
        source_path,
        source_line
    from {{ ref('stg_lake__users') }}
    where
        statement = 'identity'
        and name in ({{ advertising_identity_types() }})
        and not is_removed
        and value is not null

),

devices as (

    select
        workspace,
        mpid,
        {{ field('fields', 'limit_ad_tracking') }} as limit_ad_tracking,
        {{ field('fields', 'att_authorization_status') }} as att_authorization_status,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'device'

),

told as (

    select
        given.identity_type,
        given.identity_value,
        devices.*
    from given
    inner join devices
        on
            given.workspace = devices.workspace
            and given.mpid = devices.mpid
            and given.input = devices.input
            and given.source_path = devices.source_path
            and given.source_line = devices.source_line

),

ordered as (

    select
        *,
        row_number() over (
            partition by workspace, mpid, identity_type, identity_value
            order by {{ write_order() }}
        ) as place
    from told

)

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    {{ newest('limit_ad_tracking', 'place') }} as limit_ad_tracking,
    {{ newest('att_authorization_status', 'place') }} as att_authorization_status
from ordered
group by workspace, mpid, identity_type, identity_value
