{#- The instant at which everything is evaluated (spec §1), as a timestamp literal in UTC: MILEPOST_AS_OF, or the
    start of this dbt run where that is not set. All models of a run see one instant.

    It is left out while dbt parses: dbt would note the variable for each model that calls this, and parse all of
    them again whenever as_of changes. -#}
{% macro as_of() %}
    {%- if execute -%}
        {%- set started = run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') -%}
        {%- set instant = env_var('MILEPOST_AS_OF', started) -%}
        {%- if not modules.re.fullmatch('[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}([.][0-9]{6})?', instant) -%}
            {{ exceptions.raise_compiler_error('MILEPOST_AS_OF must be YYYY-MM-DD HH:MM:SS.ffffff, UTC') }}
        {%- endif -%}
        timestamp '{{ instant | replace('.000000', '') }}'
    {%- else -%}
        timestamp '1970-01-01 00:00:00'
    {%- endif -%}
{% endmacro %}
