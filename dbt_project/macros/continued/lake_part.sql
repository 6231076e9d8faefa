{#- A model over a part of the lake: for as long as its SQL runs, the functions that it reads the lake by give only that
    part. They are temporary, so that they hold for the connection of the one model. -#}

{#- Makes the temporary table of rows that the model gives of what is new in the lake, merged with the rows of their
    keys that `target` has. -#}
{% macro new_rows(target, sql, seen, found) %}
    {%- for name, instant in [('events', 'event_at'), ('users', 'said_at')] %}
        {{ new_part_of_lake(name, instant, seen, found) }}
    {%- endfor %}
    create or replace temp table {{ new_rows_of(target) }} as
    {{ merged_rows(target, sql) }};
    {{ whole_lake() }}
{% endmacro %}

{#- What is new since `seen`: of the days whose files changed all, of the others what the last as_of hid. -#}
{% macro new_part_of_lake(name, instant, seen, found) %}
    {%- set changed, opened = [], [] -%}
    {%- for day, stamp in found.days[name].items() if day <= found.as_of[:10] -%}
        {%- if seen.days[name].get(day) != stamp -%}
            {% do changed.append(day) %}
            {% do opened.append(day) %}
        {%- elif day >= seen.as_of[:10] -%}
            {% do opened.append(day) %}
        {%- endif -%}
    {%- endfor %}
    {%- set part = lake_days(name, opened or (found.days[name] | sort)[:1]) -%}
    {%- set is_new -%}
        (
            {{ instant }} >= timestamp '{{ seen.as_of }}'
            {%- if changed %}
            or day in ({% for day in changed %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
            {%- endif %}
        )
    {%- endset %}
    create or replace temp macro lake_{{ name }}() as table
        select *
        from {{ part }}
        where {{ is_new }}
        {%- if name == 'users' and config.get('meta', {}).get('whole_record_of') %}
        union all
        select *
        from {{ lake_days(name, ['*']) }}
        where
            not {{ is_new }}
            and (input, source_path, source_line) in (
                select (input, source_path, source_line)
                from {{ part }}
                where {{ is_new }} and statement = '{{ config.get('meta').whole_record_of }}'
            )
        {%- endif -%}
    ;
{% endmacro %}

{% macro lake_days(name, days) %}
    {%- set lake = env_var('MILEPOST_LAKE', 'data/lake') | replace("'", "''") -%}
    read_parquet(
        [
            {%- for day in days | sort %}
            '{{ lake }}/{{ name }}/day={{ day }}/*.parquet'{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        hive_partitioning = true,
        hive_types = {day: date}
    )
{%- endmacro %}

{#- All that was ever said or done under the mpids of a table, or under login identities that are theirs now, and
    maybe more. -#}
{% macro part_of_lake_of(users, name) %}
    create or replace temp macro lake_{{ name }}() as table
        select *
        from {{ lake_days(name, ['*']) }}
        where mpid in (select mpid from {{ users }})
        union all
        select *
        from {{ lake_days(name, ['*']) }}
        where
            mpid not in (select mpid from {{ users }})
            and login_identity in (
                select login_identity
                from {{ relation_of('int_login_identities') }}
                where mpid in (select mpid from {{ users }})
            );
{% endmacro %}

{% macro whole_lake() %}
    drop macro table temp.lake_events;
    drop macro table temp.lake_users;
{% endmacro %}
