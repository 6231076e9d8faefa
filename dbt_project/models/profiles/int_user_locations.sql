with

places as (

    select
        workspace,
        mpid,
        {{ field('fields', 'country') }} as country,
        {{ field('fields', 'region') }} as region,
        {{ field('fields', 'city') }} as city,
        {{ field('fields', 'postal_code') }} as postal_code,
        {{ field('fields', 'dma') }} as dma,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'location'

),

recent_places as (

    select
        *,
        row_number() over (
            partition by workspace, mpid
            order by {{ newest_first() }}
        ) as recency
    from places
    where coalesce(country, region, city, postal_code, dma) is not null

),

points as (

    select
        workspace,
        mpid,
        as_number({{ field('fields', 'latitude') }}) as latitude,
        as_number({{ field('fields', 'longitude') }}) as longitude,
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'coordinates'

),

recent_points as (

    select
        *,
        row_number() over (
            partition by workspace, mpid
            order by {{ newest_first() }}
        ) as recency
    from points
    where
        latitude between -90 and 90
        and longitude between -180 and 180

)

select
    coalesce(recent_places.workspace, recent_points.workspace) as workspace,
    coalesce(recent_places.mpid, recent_points.mpid) as mpid,
    recent_places.country,
    recent_places.region,
    recent_places.city,
    recent_places.postal_code,
    recent_places.dma,
    recent_places.said_at,
    cast(recent_points.latitude as double) as latitude,
    cast(recent_points.longitude as double) as longitude,
    recent_points.said_at as coordinates_said_at
from (select * from recent_places where recency = 1) as recent_places
full outer join (select * from recent_points where recency = 1) as recent_points
    on
        recent_places.workspace = recent_points.workspace
        and recent_places.mpid = recent_points.mpid
