{{ config(materialized='table') }}

-- The mpid of a login identity: that of the newest record which carries both, in any workspace and input.
with

statements as (

    select
        name || ':' || value as login_identity,
        mpid,
        row_number() over (
            partition by name, value
            order by {{ newest_first() }}, workspace desc, mpid desc
        ) as recency
    from {{ ref('base_lake__users') }}
    where
        statement = 'identity'
        and login_identity is null
        and not is_removed
        and value is not null
        and name in ({{ login_identity_types() }})

)

select
    login_identity,
    mpid
from statements
where recency = 1
