{#- A table that a run continues from where the last one left it: rows by `unique_key`, made of the users and events of
    the lake alone. The model's SQL gives the whole table, over whatever lake it is run. A run at a later instant runs
    it over what is new in the lake (continued/lake_part.sql) and merges that into the table.

    `meta` says how two rows of one key merge:
      newest: {instant: [columns]}, the columns are of the row with the later instant. Default: said_at, all others.
      earliest, latest: [columns], instants of which the least or the greatest holds.
      whole_record_of: statement, where the model joins this statement with others of its record. They may be from
      earlier instants, so they are read with it; the row holds from the instant of this one.

    Why this is exact. The lake only grows. What is new is read in whole days, where a day's files changed, with all
    that was said at its instants where a day got further files, or from the last as_of on. So what was said at the
    instant of a kept row is either read again with all that was said at that instant, or has no rival there: the order
    of writing is needed within one reading, and never kept.

    Everything is made anew wherever this does not hold (continued/seen.sql). -#}
{% materialization continued, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and not existing.is_table -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}
    {% do begin_transaction() %}
    {%- set found = lake_found() -%}
    {%- set seen = seen_by(target) -%}
    {%- if can_continue(seen, found) -%}
        {%- set is_moved = found.moved_from is not none and seen.logins == found.moved_from -%}
        {% if is_moved %} {% do move_users(target) %} {% endif %}
        {% call statement('main') -%}
            {{ new_rows(target, compiled_code, seen, found) }}
        {%- endcall %}
        {% do merge_rows(target) %}
        {% if is_moved %} {% do make_users_anew(target, compiled_code) %} {% endif %}
    {%- else -%}
        {% call statement('main') -%}
            drop table if exists {{ target }};
            {{ create_table_as(false, target, compiled_code) }}
        {%- endcall %}
    {%- endif -%}
    {% do note_seen(target, found) %}
    {{ run_hooks(post_hooks) }}

    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- What follows, until the commit, is seen by others as a whole or not at all. -#}
{% macro begin_transaction() %}
    {% call statement('begin') -%} select 1 {%- endcall %}
{% endmacro %}
