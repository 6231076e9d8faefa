{#- A value of any type as its text, which the other functions read: an instant with a time zone has its offset as
    `±HH:MM`. -#}
{% macro duckdb__create_as_text() %}
create or replace macro as_text(value) as
    case
        when typeof(value) = 'TIMESTAMP WITH TIME ZONE'
            then regexp_replace(cast(value as varchar), '([+-][0-9]{2})$', '\1:00')
        else cast(value as varchar)
    end;
{% endmacro %}
