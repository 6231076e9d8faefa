{#- A table in one statement, with the columns that its properties declare: the materialization of generated
    milestones. There are hundreds of them and each is small; dbt's own `table` takes ten statements for one (it
    looks at the columns twice, makes a second table and renames both), which cost more than the members. -#}
{% materialization members, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}

    {{ run_hooks(pre_hooks) }}
    {%- set create -%}
        create or replace table {{ target }} as
        select
        {%- for column in model.columns.values() %}
            cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
        {%- endfor %}
        from (
            {{ compiled_code }}
        ) as model_subquery
    {%- endset %}
    {#- Not by `statement`, which writes a file of each: what dbt compiled lies in `target` already. -#}
    {% set response, table = adapter.execute(create, auto_begin=true) %}
    {{ store_result('main', response=response, agate_table=table) }}
    {{ run_hooks(post_hooks) }}

    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
