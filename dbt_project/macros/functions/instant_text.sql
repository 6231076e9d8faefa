{#- An instant as a date value (spec §4.2) that as_instant reads back exactly: ISO 8601, UTC, always microseconds. -#}
{% macro duckdb__create_instant_text() %}
create or replace macro instant_text(value) as strftime(value, '%Y-%m-%dT%H:%M:%S.%fZ');
{% endmacro %}
