{{ config(materialized='table') }}

-- The mpid of a login identity that some record bears in the place of an mpid: that of the newest record which
-- carries both, in any workspace and input.
with

-- Every look at events joins them to this model. Without the identities that no record bears alone it is empty where
-- senders know their users, and the join takes a third of the time.
borne as (

    select login_identity
    from {{ ref('base_lake__events') }}
    where login_identity is not null

    union

    select login_identity
    from {{ ref('base_lake__users') }}
    where login_identity is not null

),

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
        and name || ':' || value in (select borne.login_identity from borne)

)

select
    login_identity,
    mpid
from statements
where recency = 1
