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
{{ duckdb__create_total() }}
{{ duckdb__create_as_total() }}
{{ duckdb__create_total_of() }}
{{ duckdb__create_variant_point() }}
{{ duckdb__create_haversine() }}
{{ duckdb__create_angle_of() }}
{{ duckdb__create_distance_km() }}
{{ duckdb__create_as_mpid() }}
{{ duckdb__create_as_text() }}
{% endmacro %}
