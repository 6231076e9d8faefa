with

statements as (

    select
        workspace,
        mpid,
        {{ field('fields', 'version') }} as version,
        {{ field('fields', 'build') }} as build,
        said_at,
        row_number() over (
            partition by workspace, mpid
            order by {{ newest_first() }}
        ) as recency
    from {{ ref('stg_lake__users') }}
    where
        statement = 'app'
        and coalesce({{ field('fields', 'version') }}, {{ field('fields', 'build') }}) is not null

)

select
    workspace,
    mpid,
    version,
    build,
    said_at
from statements
where recency = 1
