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

with

statements as (

    select
        workspace,
        mpid,
        value as device_key,
        {% for name in device_fields -%}
        {{ field('fields', name) }} as {{ name }},
        {% endfor -%}
        said_at,
        row_number() over (
            partition by workspace, mpid, value
            order by {{ write_order() }}
        ) as place
    from {{ ref('stg_lake__users') }}
    where statement = 'device'

)

select
    workspace,
    mpid,
    device_key,
    {% for name in device_fields -%}
    {{ newest(name, 'place') }} as {{ name }},
    {% endfor -%}
    max(said_at) as said_at
from statements
group by workspace, mpid, device_key
