{#- CTEs of which the last is called `name`: of the rows of `writes`, an earlier CTE, the last one of each key in the
    order of writing (write_order.sql), and after that in the order `then`. The first column of the key is never null.

    Few rows tie at the last instant of their key. So that instant is found first, which takes no sorting, and the
    order of writing decides among those that tie. -#}
{% macro newest_rows(writes, key, then='', name='newest') -%}
{{ name }}_instants as (

    select
        {{ key | join(',\n        ') }},
        max(said_at) as said_at
    from {{ writes }}
    group by {{ key | join(', ') }}

),

{{ name }}_told as (

    select {{ writes }}.*
    from {{ writes }}
    inner join {{ name }}_instants
        on
            {{ writes }}.said_at = {{ name }}_instants.said_at
            and {{ same_key(key, writes, name ~ '_instants') }}

),

{{ name }}_ties as (

    select {{ key | join(', ') }}
    from {{ name }}_told
    group by {{ key | join(', ') }}
    having count(*) > 1

),

{{ name }}_ordered as (

    select
        {{ name }}_told.*,
        1 as recency
    from {{ name }}_told
    left join {{ name }}_ties
        on {{ same_key(key, name ~ '_told', name ~ '_ties') }}
    where {{ name }}_ties.{{ key[0] }} is null

    union all

    select
        {{ name }}_told.*,
        row_number() over (
            partition by {% for column in key %}{{ name }}_told.{{ column }}, {% endfor %}{{ name }}_told.said_at
            order by {{ newest_first() }}{{ then }}
        ) as recency
    from {{ name }}_told
    inner join {{ name }}_ties
        on {{ same_key(key, name ~ '_told', name ~ '_ties') }}

),

{{ name }} as (

    select * from {{ name }}_ordered where recency = 1

)
{%- endmacro %}
