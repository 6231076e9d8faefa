with

statements as (

    select
        workspace,
        mpid,
        lower(value) = 'true' as is_opted_out,
        said_at,
        row_number() over (
            partition by workspace, mpid
            order by {{ newest_first() }}
        ) as recency
    from {{ ref('stg_lake__users') }}
    where
        statement = 'opt_out'
        and lower(value) in ('true', 'false')

)

select
    workspace,
    mpid,
    is_opted_out,
    said_at
from statements
where recency = 1
