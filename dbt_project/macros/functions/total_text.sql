{#- A total, or an average (averages.sql), as people write a number: no zeros that say nothing, at most nine places,
    rounded half away from zero. -#}
{% macro duckdb__create_total_text() %}
create or replace macro total_text(total) as
    signed_text(
        total_whole(total) + (total_places(total) + place_to_add(total)) // 1000000000,
        (total_places(total) + place_to_add(total)) % 1000000000
    );
{% endmacro %}

{#- 1 where what is left below the ninth place rounds up, away from zero or towards it. -#}
{% macro duckdb__create_place_to_add() %}
create or replace macro place_to_add(total) as
    case
        when substr(total, 50) = '9' or (substr(total, 50) = '5' and not starts_with(total, '-')) then 1
        else 0
    end;
{% endmacro %}

{#- The number whole + places × 10⁻⁹ as text, where places are 0 to 999999999. -#}
{% macro duckdb__create_signed_text() %}
create or replace macro signed_text(whole, places) as
    case
        when whole >= 0 then cast(whole as varchar) || places_text(places)
        when places = 0 then cast(whole as varchar)
        else '-' || cast(-(whole + 1) as varchar) || places_text(1000000000 - places)
    end;
{% endmacro %}

{% macro duckdb__create_places_text() %}
create or replace macro places_text(places) as
    case when places = 0 then '' else '.' || rtrim(lpad(cast(places as varchar), 9, '0'), '0') end;
{% endmacro %}

{#- The two parts of a total: the whole number below it, and the nine places above that as an integer. -#}
{% macro duckdb__create_total_whole() %}
create or replace macro total_whole(total) as
    cast(substr(total, 2, 38) as hugeint)
    - case when starts_with(total, '-') then 100000000000000000000000000000000000000 else 0 end;
{% endmacro %}

{% macro duckdb__create_total_places() %}
create or replace macro total_places(total) as cast(substr(total, 41, 9) as bigint);
{% endmacro %}

{#- Such a text of a whole number and its places. -#}
{% macro duckdb__create_as_placed() %}
create or replace macro as_placed(whole, places) as
    left(as_ordered(whole, cast(0 as decimal(10, 9))), 39) || '.' || lpad(cast(places as varchar), 9, '0');
{% endmacro %}
