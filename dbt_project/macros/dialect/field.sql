{#- The value of a key in a map of text to text; null where the key is missing. -#}
{% macro field(map, key) %}{{ return(adapter.dispatch('field')(map, key)) }}{% endmacro %}

{% macro default__field(map, key) -%} {{ map }}['{{ key }}'] {%- endmacro %}
