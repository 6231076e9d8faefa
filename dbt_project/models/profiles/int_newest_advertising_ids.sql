{% set key = ['workspace', 'mpid', 'identity_type', 'identity_value'] -%}
{% set device_fields = ['limit_ad_tracking', 'att_authorization_status'] -%}
{{
    config(
        materialized='continued',
        unique_key=key,
        meta={
            'whole_record_of': 'device',
            'latest': ['said_at'],
            'newest': {
                'limit_ad_tracking_said_at': ['limit_ad_tracking'],
                'att_authorization_status_said_at': ['att_authorization_status'],
            },
        },
    )
}}

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

{{ newest_fields('told', key, device_fields) }}

select *
from newest
