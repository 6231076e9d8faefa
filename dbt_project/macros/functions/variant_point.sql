{#- The first 8 hex digits of md5 of a text as an integer, 0 to 2^32 − 1: where a user falls in an A/B test
    (spec §9) or in a sample. -#}
{% macro duckdb__create_variant_point() %}
create or replace macro variant_point(value) as cast('0x' || left(md5(value), 8) as bigint);
{% endmacro %}
