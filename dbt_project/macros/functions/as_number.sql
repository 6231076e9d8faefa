{#- A text read as a number (spec §4.2): DECIMAL(38, 9), rounded half away from zero, at most 29 digits
    before the point; null for anything else. Spaces (U+0020) around it are allowed.

    The cast of DuckDB rounds as the spec does, but gives up on a long mantissa before a negative exponent
    and on an exponent beyond 64 bits. So a number with an exponent is shifted as text first. -#}
{% macro duckdb__create_as_number() %}
create or replace macro as_number(value) as
    case
        when regexp_full_match(value, ' *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+) *')
            then try_cast(value as decimal(38, 9))
        when regexp_full_match(
            value, ' *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+ *'
        )
            then shifted_number(
                contains(regexp_extract(value, '^[^eE]*'), '-'),
                regexp_extract(value, '([0-9]*)\.?[0-9]*[eE]', 1),
                regexp_extract(value, '\.([0-9]*)[eE]', 1),
                regexp_extract(value, '[eE]([+-]?[0-9]+)', 1)
            )
    end;
{% endmacro %}

{#- The number that is `whole.fraction` × 10^exponent, all three as text. An exponent that no 64-bit integer
    holds is as good as ±10^12: no text is that long. -#}
{% macro duckdb__create_shifted_number() %}
create or replace macro shifted_number(is_negative, whole, fraction, exponent) as
    placed_number(
        is_negative,
        ltrim(whole || fraction, '0'),
        length(ltrim(whole || fraction, '0')) - length(fraction)
        + greatest(least(
            coalesce(
                try_cast(exponent as bigint),
                case when starts_with(exponent, '-') then -1000000000000 else 1000000000000 end
            ),
            1000000000000
        ), -1000000000000)
    );
{% endmacro %}

{#- The number 0.digits × 10^point, where digits has no leading zero. The tenth decimal alone decides how the
    ninth is rounded, so the digits after it are cut. -#}
{% macro duckdb__create_placed_number() %}
create or replace macro placed_number(is_negative, digits, point) as
    case
        when digits = '' or point < -9 then cast(0 as decimal(38, 9))
        when point > 29 then null
        when point <= 0
            then try_cast(
                case when is_negative then '-0.' else '0.' end
                || repeat('0', least(greatest(-point, 0), 9)) || left(digits, 10) as decimal(38, 9)
            )
        else try_cast(
            case when is_negative then '-' else '' end
            || left(rpad(digits, 29, '0'), least(greatest(point, 0), 29))
            || '.' || substr(digits, point + 1, 10) as decimal(38, 9)
        )
    end;
{% endmacro %}
