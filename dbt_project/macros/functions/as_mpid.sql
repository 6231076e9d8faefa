{#- The column mpid of an analyst's model as a 64-bit integer; null for an integer that is no mpid. It fails for a
    column that is no integer, so that no mpid has been through a float or is read out of a text. -#}
{% macro duckdb__create_as_mpid() %}
create or replace macro as_mpid(value, model) as
    case
        when typeof(value) in (
            'BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT', 'HUGEINT',
            'UBIGINT', 'UINTEGER', 'USMALLINT', 'UTINYINT', 'UHUGEINT'
        )
            then try_cast(value as bigint)
        when value is not null
            then error(
                'the column mpid of the model ' || model || ' is ' || typeof(value)
                || ' and must be an integer of 64 bits: cast it to bigint there'
            )
    end;
{% endmacro %}
