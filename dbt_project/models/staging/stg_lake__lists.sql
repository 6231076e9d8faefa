select
    list_name,
    identity_type,
    lower(identity_value) as identity_key,
    mpid
from {{ source('lake', 'lists') }}
