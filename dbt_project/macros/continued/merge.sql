{#- How rows of one key become one. -#}

{% macro new_rows_of(target) -%} temp.{{ adapter.quote('new_' ~ target.identifier) }} {%- endmacro %}

{#- The columns of a continued table by how they merge: key, earliest, latest, and by instant those that are newest. -#}
{% macro merged_columns(target) %}
    {%- set key = config.get('unique_key') -%}
    {%- set meta = config.get('meta', {}) -%}
    {%- set earliest, latest = meta.get('earliest', []), meta.get('latest', []) -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- set others = columns | reject('in', key + earliest + latest + ['said_at']) | list -%}
    {%- set is_dated = 'said_at' in columns and 'said_at' not in latest -%}
    {{ return((key, earliest, latest, meta.get('newest', {'said_at': others} if is_dated else {}))) }}
{% endmacro %}

{#- For each key that the model gives of the new part of the lake, the row that the table has from now on. -#}
{% macro merged_rows(target, sql) %}
    {%- set key, earliest, latest, newest = merged_columns(target) -%}
    {%- set others = newest.keys() | list -%}
    select
    {%- for column in key %}
        told.{{ column }}{{ ',' if not loop.last or others or earliest or latest }}
    {%- endfor %}
    {%- for column in earliest %}
        least(told.{{ column }}, kept.{{ column }}) as {{ column }}{{ ',' if not loop.last or latest or others }}
    {%- endfor %}
    {%- for column in latest %}
        greatest(told.{{ column }}, kept.{{ column }}) as {{ column }}{{ ',' if not loop.last or others }}
    {%- endfor %}
    {%- for instant, told_then in newest.items() %}
    {%- set is_last = loop.last -%}
    {%- for column in told_then + [instant] %}
        case
            when told.{{ instant }} >= kept.{{ instant }} or kept.{{ instant }} is null then told.{{ column }}
            else kept.{{ column }}
        end as {{ column }}{{ ',' if not (loop.last and is_last) }}
    {%- endfor %}
    {%- endfor %}
    from (
        {{ sql }}
    ) as told
    left join {{ target }} as kept
        on {{ same_key(key, 'told', 'kept') }}
{% endmacro %}

{% macro merge_rows(target) %}
    {% call statement('delete_merged') %}
        delete from {{ target }} as kept
        using {{ new_rows_of(target) }} as told
        where {{ same_key(config.get('unique_key'), 'told', 'kept') }}
    {% endcall %}
    {% call statement('insert_merged') %}
        insert into {{ target }} by name select * from {{ new_rows_of(target) }};
        drop table {{ new_rows_of(target) }};
    {% endcall %}
{% endmacro %}

{#- The condition that two rows have one key, of which null is a value like any other. -#}
{% macro same_key(key, one, other) %}
    {%- for column in key -%}
        {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}
