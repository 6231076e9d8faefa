{#- What a function of a calculated attribute comes to, as the texts of totals.sql. An average that is no number of
    nine places is the one below it and a mark of what is left: `1` less than half a place, `5` half of it, `9`
    more. So a bound, which has nine places, compares exactly with it. -#}
{% macro duckdb__create_average_of() %}
create or replace macro average_of(total, how_many) as
    as_placed(
        floor_quotient(total_whole(total), cast(how_many as hugeint)),
        (
            floor_rest(total_whole(total), cast(how_many as hugeint)) * 1000000000
            + cast(total_places(total) as hugeint)
        )
        // cast(how_many as hugeint)
    )
    || mark_of_rest(
        (
            floor_rest(total_whole(total), cast(how_many as hugeint)) * 1000000000
            + cast(total_places(total) as hugeint)
        )
        % cast(how_many as hugeint),
        cast(how_many as hugeint)
    );
{% endmacro %}

{#- How much a value of a quantity weighs, in units of 10⁻⁹: a quantity that is missing, no number, or 10^18 and
    more is one piece; of none or less nothing is there to weigh. -#}
{% macro duckdb__create_weight_of() %}
create or replace macro weight_of(quantity) as
    case
        when coalesce(as_number(quantity) >= 1000000000000000000, true) then cast(1000000000 as hugeint)
        when as_number(quantity) <= 0 then cast(0 as hugeint)
        else units_of_number(as_number(quantity))
    end;
{% endmacro %}

{#- DECIMAL(38, 9) in units of 10⁻⁹. -#}
{% macro duckdb__create_units_of_number() %}
create or replace macro units_of_number(value) as
    cast(trunc(value) as hugeint) * 1000000000
    + cast(cast(value - trunc(value) as decimal(10, 9)) * 1000000000 as hugeint);
{% endmacro %}

{#- Aggregate: the sum of (value + 10^29) × weight, which is never negative, as a text of digits in units of
    10⁻¹⁸. Both factors are cut into parts of 14 digits: no product, and no sum of 10^9 of them, leaves 128 bits. -#}
{% macro duckdb__create_weighted_total() %}
create or replace macro weighted_total(value, weight) as
    joined_parts(
        list_reduce(
            [
                sum(low_part(units_of_number(value)) * low_part(weight)),
                sum(
                    middle_part(units_of_number(value)) * low_part(weight)
                    + low_part(units_of_number(value)) * middle_part(weight)
                ),
                sum(
                    (high_part(units_of_number(value)) + 10000000000) * low_part(weight)
                    + middle_part(units_of_number(value)) * middle_part(weight)
                ),
                sum((high_part(units_of_number(value)) + 10000000000) * middle_part(weight))
            ],
            lambda lower, part: {
                'digits': lpad(
                    cast(floor_rest(part + lower.carried, 100000000000000) as varchar), 14, '0'
                )
                || lower.digits,
                'carried': floor_quotient(part + lower.carried, 100000000000000)
            },
            {'digits': '', 'carried': cast(0 as hugeint)}
        )
    );
{% endmacro %}

{% macro duckdb__create_joined_parts() %}
create or replace macro joined_parts(parts) as cast(parts.carried as varchar) || parts.digits;
{% endmacro %}

{% macro duckdb__create_low_part() %}
create or replace macro low_part(units) as units % 100000000000000;
{% endmacro %}

{% macro duckdb__create_middle_part() %}
create or replace macro middle_part(units) as (units // 100000000000000) % 100000000000000;
{% endmacro %}

{% macro duckdb__create_high_part() %}
create or replace macro high_part(units) as units // 10000000000000000000000000000;
{% endmacro %}

{#- The average that a weighted_total and the sum of its weights make: the digits divided one by one. -#}
{% macro duckdb__create_weighted_average_of() %}
create or replace macro weighted_average_of(total, weight) as
    as_shifted_average(
        list_reduce(
            string_split(total, ''),
            lambda before, digit: {
                'quotient': before.quotient
                || cast((before.rest * 10 + cast(digit as hugeint)) // weight as varchar),
                'rest': (before.rest * 10 + cast(digit as hugeint)) % weight
            },
            {'quotient': '', 'rest': cast(0 as hugeint)}
        ),
        weight
    );
{% endmacro %}

{#- Takes the 10^29 off again, which is the first of 39 digits. -#}
{% macro duckdb__create_as_shifted_average() %}
create or replace macro as_shifted_average(divided, weight) as
    case
        when starts_with(right(lpad(divided.quotient, 99, '0'), 39), '1') then '0000000000'
        else '-999999999'
    end
    || left(right(divided.quotient, 38), 29) || '.' || right(divided.quotient, 9)
    || mark_of_rest(divided.rest, weight);
{% endmacro %}

{% macro duckdb__create_mark_of_rest() %}
create or replace macro mark_of_rest(rest, divisor) as
    case
        when rest = 0 then ''
        when rest * 2 < divisor then '1'
        when rest * 2 = divisor then '5'
        when rest * 2 > divisor then '9'
    end;
{% endmacro %}

{#- Division of integers that rounds down, and what it leaves, which is never negative. -#}
{% macro duckdb__create_floor_quotient() %}
create or replace macro floor_quotient(value, divisor) as (value - floor_rest(value, divisor)) // divisor;
{% endmacro %}

{% macro duckdb__create_floor_rest() %}
create or replace macro floor_rest(value, divisor) as ((value % divisor) + divisor) % divisor;
{% endmacro %}
