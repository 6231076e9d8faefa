{#- CTEs that end in `newest`: of each field the value in the last of the rows of `writes`, an earlier CTE, that have
    one, by key in the order of writing (write_order.sql). `FIELD_said_at` is when the value was last said, said_at when
    anything was. The first column of the key is never null.

    Most say the same each time: then there is nothing to put in order. -#}
{% macro newest_fields(writes, key, fields) -%}
contents as (

    select
        {{ key | join(',\n        ') }},
        {{ fields | join(',\n        ') }},
        max(said_at) as said_at
    from {{ writes }}
    group by {{ (key + fields) | join(', ') }}

),

changing as (

    select {{ key | join(', ') }}
    from contents
    group by {{ key | join(', ') }}
    having count(*) > 1

),

numbered as (

    select
        {{ writes }}.*,
        row_number() over (
            partition by {% for column in key %}{{ writes }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by {{ write_order() }}
        ) as place
    from {{ writes }}
    inner join changing
        on {{ same_key(key, writes, 'changing') }}

),

newest as (

    select
        {%- for column in key %}
        contents.{{ column }},
        {%- endfor %}
        {%- for name in fields %}
        contents.{{ name }},
        case when contents.{{ name }} is not null then contents.said_at end as {{ name }}_said_at,
        {%- endfor %}
        contents.said_at
    from contents
    left join changing
        on {{ same_key(key, 'contents', 'changing') }}
    where changing.{{ key[0] }} is null

    union all

    select
        {{ key | join(',\n        ') }},
        {%- for name in fields %}
        {{ newest(name, 'place') }} as {{ name }},
        max(case when {{ name }} is not null then said_at end) as {{ name }}_said_at,
        {%- endfor %}
        max(said_at) as said_at
    from numbered
    group by {{ key | join(', ') }}

)
{%- endmacro %}
