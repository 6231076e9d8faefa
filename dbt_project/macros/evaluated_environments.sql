{#- Whether a record of the lake is evaluated: development records are only where milepost.yml says so
    (spec §2.2.8). -#}
{% macro is_evaluated(environment) %}
    {%- if env_var('MILEPOST_EVALUATE_DEVELOPMENT', 'false') == 'true' -%}
        true
    {%- else -%}
        {{ environment }} <> 'development'
    {%- endif -%}
{% endmacro %}
