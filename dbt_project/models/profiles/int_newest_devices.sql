{% set key = ['workspace', 'mpid', 'device_key'] -%}
{% set device_fields = [
    'mp_deviceid',
    'os',
    'os_version',
    'brand',
    'model',
    'type',
    'carrier',
    'limit_ad_tracking',
    'att_authorization_status',
] -%}
{% set instants = {} -%}
{% for name in device_fields %}{% do instants.update({name ~ '_said_at': [name]}) %}{% endfor -%}
{{ config(materialized='continued', unique_key=key, meta={'latest': ['said_at'], 'newest': instants}) -}}

with

statements as (

    select
        workspace,
        mpid,
        value as device_key,
        {% for name in device_fields -%}
        {{ field('fields', name) }} as {{ name }},
        {% endfor -%}
        {{ write_order() }}
    from {{ ref('stg_lake__users') }}
    where statement = 'device'

),

{{ newest_fields('statements', key, device_fields) }}

select *
from newest
