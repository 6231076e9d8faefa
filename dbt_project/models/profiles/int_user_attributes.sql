with

writes as (

    select
        workspace,
        mpid,
        lower(name) as attribute_key,
        name as attribute_name,
        value,
        elements,
        is_removed,
        said_at,
        row_number() over (
            partition by workspace, mpid, lower(name)
            order by {{ newest_first() }}
        ) as recency
    from {{ ref('stg_lake__users') }}
    where statement = 'attribute'

)

select
    workspace,
    mpid,
    attribute_key,
    attribute_name,
    value,
    elements,
    said_at
from writes
where
    recency = 1
    and not is_removed
