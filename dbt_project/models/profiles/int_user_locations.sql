{% set key = ['workspace', 'mpid'] -%}
{{
    config(
        materialized='continued',
        unique_key=key,
        meta={
            'newest': {
                'said_at': ['country', 'region', 'city', 'postal_code', 'dma'],
                'coordinates_said_at': ['latitude', 'longitude'],
            }
        },
    )
}}

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

known_places as (

    select *
    from places
    where coalesce(country, region, city, postal_code, dma) is not null

),

{{ newest_rows('known_places', key, name='newest_places') }},

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

known_points as (

    select *
    from points
    where
        latitude between -90 and 90
        and longitude between -180 and 180

),

{{ newest_rows('known_points', key, name='newest_points') }}

select
    coalesce(newest_places.workspace, newest_points.workspace) as workspace,
    coalesce(newest_places.mpid, newest_points.mpid) as mpid,
    newest_places.country,
    newest_places.region,
    newest_places.city,
    newest_places.postal_code,
    newest_places.dma,
    newest_places.said_at,
    cast(newest_points.latitude as double) as latitude,
    cast(newest_points.longitude as double) as longitude,
    newest_points.said_at as coordinates_said_at
from newest_places
full outer join newest_points
    on
        newest_places.workspace = newest_points.workspace
        and newest_places.mpid = newest_points.mpid
