{#- The functions that models and generated SQL call, made anew at the start of each dbt run. Each is one
    constant statement in a macro named `<adapter>__create_<function>`; one that another calls comes first. -#}
{% macro create_functions() %}{{ return(adapter.dispatch('create_functions')()) }}{% endmacro %}

{% macro duckdb__create_functions() %}
{{ duckdb__create_placed_number() }}
{{ duckdb__create_shifted_number() }}
{{ duckdb__create_as_number() }}
{{ duckdb__create_offset_minutes() }}
{{ duckdb__create_instant_in_calendar() }}
{{ duckdb__create_as_instant() }}
{{ duckdb__create_version_key() }}
{{ duckdb__create_as_ordered() }}
{{ duckdb__create_as_carried() }}
{{ duckdb__create_whole_of() }}
{{ duckdb__create_part_of() }}
{{ duckdb__create_total_of_parts() }}
{{ duckdb__create_total() }}
{{ duckdb__create_as_total() }}
{{ duckdb__create_total_of() }}
{{ duckdb__create_total_whole() }}
{{ duckdb__create_total_places() }}
{{ duckdb__create_place_to_add() }}
{{ duckdb__create_places_text() }}
{{ duckdb__create_signed_text() }}
{{ duckdb__create_total_text() }}
{{ duckdb__create_as_placed() }}
{{ duckdb__create_floor_rest() }}
{{ duckdb__create_floor_quotient() }}
{{ duckdb__create_mark_of_rest() }}
{{ duckdb__create_average_of() }}
{{ duckdb__create_units_of_number() }}
{{ duckdb__create_weight_of() }}
{{ duckdb__create_low_part() }}
{{ duckdb__create_middle_part() }}
{{ duckdb__create_high_part() }}
{{ duckdb__create_joined_parts() }}
{{ duckdb__create_weighted_total() }}
{{ duckdb__create_as_shifted_average() }}
{{ duckdb__create_weighted_average_of() }}
{{ duckdb__create_instant_text() }}
{{ duckdb__create_first_whole_day() }}
{{ duckdb__create_places_of() }}
{{ duckdb__create_variant_point() }}
{{ duckdb__create_haversine() }}
{{ duckdb__create_angle_of() }}
{{ duckdb__create_distance_km() }}
{{ duckdb__create_as_mpid() }}
{{ duckdb__create_as_text() }}
{% endmacro %}
