{{ config(materialized='view') }}

select
    workspace,
    mpid,
    device_key,
    mp_deviceid,
    os,
    os_version,
    brand,
    model,
    type,
    carrier,
    limit_ad_tracking,
    att_authorization_status,
    said_at
from {{ ref('int_newest_devices') }}
