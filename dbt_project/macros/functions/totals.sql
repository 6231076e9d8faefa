{#- Sums of DECIMAL(38, 9) that do not overflow, as texts of one length whose order is that of the numbers. A text,
    since DuckDB joins a lower and an upper bound to a BETWEEN, which it can't evaluate on a struct. Exact for up
    to 10^9 values of 29 digits. Null for the sum of nothing, and where an argument is null. -#}
{% macro duckdb__create_total() %}
create or replace macro total(value) as
    total_of_parts(whole_of(value), part_of(value));
{% endmacro %}

{#- The same of numbers that are in two parts each, or of sums of such parts. -#}
{% macro duckdb__create_total_of_parts() %}
create or replace macro total_of_parts(whole, part) as as_carried(sum(whole), sum(part));
{% endmacro %}

{#- The digits of a number before the point, and its places with the sign of the number. -#}
{% macro duckdb__create_whole_of() %}
create or replace macro whole_of(value) as cast(trunc(value) as hugeint);
{% endmacro %}

{% macro duckdb__create_part_of() %}
create or replace macro part_of(value) as cast(value - trunc(value) as decimal(10, 9));
{% endmacro %}

{#- One value as such a text: the bound that a sum is compared with. -#}
{% macro duckdb__create_as_total() %}
create or replace macro as_total(value) as
    as_carried(cast(trunc(value) as hugeint), cast(value - trunc(value) as decimal(38, 9)));
{% endmacro %}

{#- value × how_many as such a text: the bound that the sum of so many values is compared with, so that an
    average is compared without division. -#}
{% macro duckdb__create_total_of() %}
create or replace macro total_of(value, how_many) as
    as_carried(
        cast(trunc(value) as hugeint) * cast(how_many as hugeint),
        cast(
            cast(value - trunc(value) as decimal(10, 9)) * cast(how_many as decimal(19, 0)) as decimal(38, 9)
        )
    );
{% endmacro %}

{#- The number whole + part as such a text: its side of zero, then 38 digits (of a negative number what its floor
    is over −10^38), then the nine places. `lpad` takes twice as long as `right`. -#}
{% macro duckdb__create_as_carried() %}
create or replace macro as_carried(whole, part) as
    as_ordered(whole + cast(floor(part) as hugeint), cast(part - floor(part) as decimal(10, 9)));
{% endmacro %}

{% macro duckdb__create_as_ordered() %}
create or replace macro as_ordered(whole, part) as
    case when whole < 0 then '-' else '0' end
    || right(
        '00000000000000000000000000000000000000'
        || cast(
            whole + case when whole < 0 then 100000000000000000000000000000000000000 else 0 end as varchar
        ),
        38
    )
    || substr(cast(part as varchar), 2);
{% endmacro %}
