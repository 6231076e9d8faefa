with

records as (

    select
        *,
        lower(name) as regulation,
        lower(purpose) as purpose_key,
        row_number() over (
            partition by workspace, mpid, lower(name), lower(purpose)
            order by {{ newest_first() }}
        ) as recency
    from {{ ref('stg_lake__users') }}
    where statement = 'consent'

)

select
    workspace,
    mpid,
    regulation,
    purpose_key as purpose,
    consented,
    said_at,
    received_at,
    input,
    source_path,
    source_line,
    position
from records
where
    recency = 1
    and not is_removed
