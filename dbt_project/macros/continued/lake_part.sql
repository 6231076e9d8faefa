{#- A model over a part of the lake: for as long as its SQL runs, the functions that it reads the lake by give only that
    part. They are temporary, so that they hold for the connection of the one model. -#}

{#- Makes the temporary table of rows that the model gives of what is new in the lake, merged with the rows of their
    keys that `target` has. -#}
{% macro new_rows(target, sql, seen, found) %}
    {%- set news = news_of_lake(seen, found) -%}
    {%- for name, instant in instants_of_lake().items() %}
        {{ new_part_of_lake(name, instant, seen, found, news) }}
    {%- endfor %}
    create or replace temp table {{ new_rows_of(target) }} as
    {{ merged_rows(target, sql) }};
    {{ whole_lake() }}
{% endmacro %}

{% macro instants_of_lake() %}{{ return({'events': 'event_at', 'users': 'said_at'}) }}{% endmacro %}

{#- The days whose files are other ones than those `seen`, in one of the tables; and of the days that have all of those
    and more beside them, these further files by table. -#}
{% macro news_of_lake(seen, found) %}
    {%- set changed, grown, added = [], [], {'events': [], 'users': []} -%}
    {%- for name, days in found.days.items() -%}
        {%- for day, stamp in days.items() if day <= found.as_of[:10] and seen.days[name].get(day) != stamp -%}
            {%- set known = (seen.days[name].get(day) or '').split(', ') -%}
            {%- set files = stamp.split(', ') -%}
            {%- if known | reject('in', files) | list -%}
                {% do changed.append(day) %}
            {%- else -%}
                {% do grown.append(day) %}
                {%- for file in files if file not in known -%}
                    {% do added[name].append('day=' ~ day ~ '/' ~ file.split(' ')[0]) %}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({'changed': changed | unique | list, 'grown': grown, 'added': added}) }}
{% endmacro %}

{#- What is new since `seen`: of the days whose files changed all; of those that got further files what was said at an
    instant that is in these; of the others what the last as_of hid. -#}
{% macro new_part_of_lake(name, instant, seen, found, news) %}
    {%- set opened = [] -%}
    {%- for day in found.days[name]
        if day <= found.as_of[:10] and (day in news.changed or day in news.grown or day >= seen.as_of[:10]) -%}
        {% do opened.append(day) %}
    {%- endfor -%}
    {%- set part = lake_days(name, opened or (found.days[name] | sort)[:1]) -%}
    {%- set is_new -%}
        (
            {{ instant }} >= timestamp '{{ seen.as_of }}'
            {%- if news.changed %}
            or day in ({% for day in news.changed %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
            {%- endif %}
            {%- for table, files in news.added.items() if files %}
            or {{ instant }} in (select {{ instants_of_lake()[table] }} from {{ lake_files_of(table, files) }})
            {%- endfor %}
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
    {%- set files = [] -%}
    {%- for day in days -%} {% do files.append('day=' ~ day ~ '/*.parquet') %} {%- endfor -%}
    {{- lake_files_of(name, files) -}}
{%- endmacro %}

{% macro lake_files_of(name, files) %}
    {%- set lake = env_var('MILEPOST_LAKE', 'data/lake') | replace("'", "''") -%}
    read_parquet(
        [
            {%- for file in files | sort %}
            '{{ lake }}/{{ name }}/{{ file }}'{{ ',' if not loop.last }}
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
