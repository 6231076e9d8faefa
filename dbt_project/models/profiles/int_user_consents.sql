{{ config(materialized='view') }}

select
    workspace,
    mpid,
    regulation,
    purpose,
    consented,
    {{ write_order() }}
from {{ ref('int_newest_consents') }}
where not is_removed
