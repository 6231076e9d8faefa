{#- The places 1, 2, … of the elements of a list, beside `unnest` of the list among the columns of a query. -#}
{% macro duckdb__create_places_of() %}
create or replace macro places_of(elements) as generate_subscripts(elements, 1);
{% endmacro %}
