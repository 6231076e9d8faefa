{#- What orders two writes of one thing (spec §2.4): time, receipt, input, path, line, place in the record; never
    the order of ingest. -#}
{% macro write_order() -%}
    said_at, received_at, input, source_path, source_line, position
{%- endmacro %}

{% macro newest_first() -%}
    said_at desc, received_at desc, input desc, source_path desc, source_line desc, position desc
{%- endmacro %}
