{{ config(materialized='view') }}

-- What keeps a user or an advertising id from being sent. Over several workspaces the newest statement of a user decides,
-- and an id is limited where any of them says so.
with

opt_outs as (

    select
        mpid,
        is_opted_out,
        row_number() over (partition by mpid order by said_at desc, is_opted_out desc) as place
    from {{ ref('int_user_opt_outs') }}

),

consents as (

    select
        mpid,
        regulation,
        purpose,
        consented,
        row_number() over (partition by mpid, regulation, purpose order by {{ newest_first() }}) as place
    from {{ ref('int_user_consents') }}

)

select
    mpid,
    'opted_out' as statement,
    cast(null as {{ dbt.type_string() }}) as identity_type,
    cast(null as {{ dbt.type_string() }}) as identity_value,
    cast(null as {{ dbt.type_string() }}) as regulation,
    cast(null as {{ dbt.type_string() }}) as purpose,
    true as is_so
from opt_outs
where
    place = 1
    and is_opted_out

union all

select distinct
    mpid,
    'limited' as statement,
    identity_type,
    identity_value,
    cast(null as {{ dbt.type_string() }}) as regulation,
    cast(null as {{ dbt.type_string() }}) as purpose,
    true as is_so
from {{ ref('int_user_advertising_ids') }}
where
    lower(limit_ad_tracking) = 'true'
    or lower(att_authorization_status) in ('denied', 'restricted')

union all

select
    mpid,
    'consent' as statement,
    cast(null as {{ dbt.type_string() }}) as identity_type,
    cast(null as {{ dbt.type_string() }}) as identity_value,
    regulation,
    purpose,
    consented as is_so
from consents
where place = 1
