{#- Aggregate: of the values that are not null, the one with the greatest place. Number the rows by the write order
    first: its six columns as the place take three times as long (11 s and 3.6 s for 300,000 devices). -#}
{% macro newest(value, place) %}{{ return(adapter.dispatch('newest')(value, place)) }}{% endmacro %}

{% macro default__newest(value, place) -%}
    max_by({{ value }}, case when {{ value }} is not null then {{ place }} end)
{%- endmacro %}

{# DuckDB passes over the rows whose value is null by itself. #}
{% macro duckdb__newest(value, place) -%} max_by({{ value }}, {{ place }}) {%- endmacro %}
