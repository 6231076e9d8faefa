{#- A text that sorts as the version does (spec §4.2): parts compared as numbers, a missing part is 0; null for
    what is not dotted digits. Each part is its length in seven digits and itself without leading zeros, so
    text order is number order however long a part is; zero parts at the end are dropped, so that 2 = 2.0. -#}
{% macro duckdb__create_version_key() %}
create or replace macro version_key(value) as
    case
        when regexp_full_match(value, '[0-9]+(\.[0-9]+)*')
            then array_to_string(
                list_transform(
                    string_split(regexp_replace(value, '(\.0+)+$', ''), '.'),
                    lambda part: lpad(cast(length(ltrim(part, '0')) as varchar), 7, '0') || ltrim(part, '0')
                ),
                ''
            )
    end;
{% endmacro %}
