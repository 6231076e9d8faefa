{#- The first day (UTC) of which no instant lies before the given one. -#}
{% macro duckdb__create_first_whole_day() %}
create or replace macro first_whole_day(instant) as
    cast(instant + interval '86399999999' microsecond as date);
{% endmacro %}
