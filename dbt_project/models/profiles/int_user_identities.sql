{{ config(materialized='view') }}

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    said_at
from {{ ref('int_newest_identities') }}
where
    not is_removed
    and identity_value is not null

union all

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    said_at
from {{ ref('int_device_identities') }}
