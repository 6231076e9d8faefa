{{ config(materialized='resolution') }}

-- Every look at events joins them to this model. Without the identities that no record bears alone it is empty where
-- senders know their users, and the join takes a third of the time.
select
    login_identity,
    mpid
from {{ ref('int_login_claims') }}
where login_identity in (select bearers.login_identity from {{ ref('int_login_bearers') }} as bearers)
