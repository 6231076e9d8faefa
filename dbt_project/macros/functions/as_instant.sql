{#- A text read as a date value (spec §4.2): TIMESTAMP, UTC; null for anything else and for an instant outside
    the years 1 to 9999. Digits after the sixth decimal of a second (the 26th character) are cut. Nothing
    around it is trimmed. 11 to 14 digits are milliseconds since 1970. Offsets go to ±23:59.

    A branch may be evaluated for a value that another one takes (DuckDB folds and shares expressions), so
    none of them can raise, here or in the other functions. -#}
{% macro duckdb__create_as_instant() %}
create or replace macro as_instant(value) as
    case
        when regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
            then instant_in_calendar(try_cast(try_cast(value as date) as timestamp))
        when regexp_full_match(
            value,
            '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?Z?'
        )
            then instant_in_calendar(try_cast(left(rtrim(value, 'Z'), 26) as timestamp))
        when regexp_full_match(
            value,
            '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?'
            || '[+-]([01][0-9]|2[0-3]):[0-5][0-9]'
        )
            then instant_in_calendar(
                try_cast(left(left(value, -6), 26) as timestamp) - to_minutes(offset_minutes(right(value, 6)))
            )
        when regexp_full_match(value, '[0-9]{11,14}')
            then make_timestamp(try_cast(left(value, 14) as bigint) * 1000)
    end;
{% endmacro %}

{#- Minutes of an offset written `±HH:MM`. -#}
{% macro duckdb__create_offset_minutes() %}
create or replace macro offset_minutes(value) as
    (case when starts_with(value, '-') then -1 else 1 end)
    * (try_cast(substr(value, 2, 2) as bigint) * 60 + try_cast(substr(value, 5, 2) as bigint));
{% endmacro %}

{% macro duckdb__create_instant_in_calendar() %}
create or replace macro instant_in_calendar(value) as
    case
        when value between timestamp '0001-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999999'
            then value
    end;
{% endmacro %}
