{{
    config(
        materialized='continued',
        unique_key=['workspace', 'mpid', 'identity_type', 'identity_value'],
        meta={'latest': ['said_at']},
    )
}}

select
    workspace,
    mpid,
    name as identity_type,
    value as identity_value,
    max(said_at) as said_at
from {{ ref('stg_lake__users') }}
where
    statement = 'identity'
    and name in ({{ device_identity_types() }})
    and not is_removed
    and value is not null
group by workspace, mpid, name, value
