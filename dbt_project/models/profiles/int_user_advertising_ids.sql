{{ config(materialized='view') }}

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    limit_ad_tracking,
    att_authorization_status
from {{ ref('int_newest_advertising_ids') }}
