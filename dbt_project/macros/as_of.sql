{#- The instant at which everything is evaluated (spec §1): a function of the warehouse, so that what dbt compiles
    holds for every instant. All models of a run see one. -#}
{% macro as_of() -%} as_of() {%- endmacro %}

{#- MILEPOST_AS_OF as a timestamp in UTC, or the start of this dbt run where that is not set.

    It is left out while dbt parses: dbt would note the variable, and parse again whenever as_of changes. -#}
{% macro duckdb__create_as_of() %}
    {%- if execute -%}
        {%- set started = run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') -%}
        {%- set instant = env_var('MILEPOST_AS_OF', started) -%}
        {%- if not modules.re.fullmatch('[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}([.][0-9]{6})?', instant) -%}
            {{ exceptions.raise_compiler_error('MILEPOST_AS_OF must be YYYY-MM-DD HH:MM:SS.ffffff, UTC') }}
        {%- endif -%}
        create or replace macro as_of() as timestamp '{{ instant | replace('.000000', '') }}';
    {%- endif -%}
{% endmacro %}
