with

statements as (

    select
        *,
        name in ({{ device_identity_types() }}) as is_of_device
    from {{ ref('stg_lake__users') }}
    where statement = 'identity'

),

of_users as (

    select
        workspace,
        mpid,
        name as identity_type,
        value as identity_value,
        is_removed,
        said_at,
        row_number() over (
            partition by workspace, mpid, name
            order by {{ newest_first() }}
        ) as recency
    from statements
    where not is_of_device

),

of_devices as (

    select
        workspace,
        mpid,
        name as identity_type,
        value as identity_value,
        max(said_at) as said_at
    from statements
    where
        is_of_device
        and not is_removed
        and value is not null
    group by workspace, mpid, name, value

)

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    said_at
from of_users
where
    recency = 1
    and not is_removed
    and identity_value is not null

union all

select
    workspace,
    mpid,
    identity_type,
    identity_value,
    said_at
from of_devices
