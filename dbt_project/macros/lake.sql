{#- What a run evaluates, made anew at its start: the instant, and the tables of the lake. Models name these alone,
    so that what dbt compiles holds for every instant and wherever the lake lies. -#}
{% macro create_inputs() %}{{ return(adapter.dispatch('create_inputs')()) }}{% endmacro %}

{% macro duckdb__create_inputs() %}
{{ duckdb__create_as_of() }}
{% for name, partition in [('events', 'day: date'), ('users', 'day: date'), ('lists', 'list_name: varchar')] %}
{{ duckdb__create_lake_table(name, partition) }}
{% endfor %}
{% endmacro %}

{#- The parquet that ingest writes: one folder a day, or a list; exact text, instants in UTC without a zone. -#}
{% macro duckdb__create_lake_table(name, partition) %}
    {%- set lake = env_var('MILEPOST_LAKE', 'data/lake') | replace("'", "''") -%}
    create or replace macro lake_{{ name }}() as table
        select *
        from read_parquet(
            '{{ lake }}/{{ name }}/*/*.parquet', hive_partitioning = true, hive_types = {{ '{' ~ partition ~ '}' }}
        );
{% endmacro %}
