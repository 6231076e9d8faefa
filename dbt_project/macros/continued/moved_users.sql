{#- What a continued table does when records come to another user (materializations/resolution.sql). -#}

{#- Gives the rows of users that became another one to that one. Rows that say different things from one instant
    can't be put in order, as what decides is not kept: their user joins those that are made anew. Whatever is read again by
    `merge_rows` afterwards is put right there. -#}
{% macro move_users(target) %}
    {%- set key, earliest, latest, newest = merged_columns(target) -%}
    {% call statement('move_users') %}
        create or replace temp table made_anew as
        select mpid from {{ moved_users() }} where became is null;

        create or replace temp table moving as
        select kept.* replace (coalesce(moved.became, kept.mpid) as mpid)
        from {{ target }} as kept
        left join {{ moved_users() }} as moved
            on kept.mpid = moved.mpid and moved.became is not null
        where
            moved.mpid is not null
            or kept.mpid in (select became from {{ moved_users() }} where became is not null);

        {%- for instant, told_then in newest.items() %}
        insert into made_anew
        select mpid
        from (
            select distinct {{ (key + told_then + [instant]) | join(', ') }}
            from moving
            where {{ instant }} is not null
        ) as told
        group by {{ key | join(', ') }}, {{ instant }}
        having count(*) > 1;
        {%- endfor %}

        delete from {{ target }}
        where
            mpid in (select mpid from {{ moved_users() }})
            or mpid in (select became from {{ moved_users() }} where became is not null);

        insert into {{ target }} by name
        select
            {%- for column in earliest %}
            min({{ column }}) as {{ column }},
            {%- endfor %}
            {%- for column in latest %}
            max({{ column }}) as {{ column }},
            {%- endfor %}
            {%- for instant, told_then in newest.items() %}
            {%- for column in told_then %}
            arg_max_null({{ column }}, {{ instant }}) as {{ column }},
            {%- endfor %}
            max({{ instant }}) as {{ instant }},
            {%- endfor %}
            {{ key | join(', ') }}
        from moving
        group by {{ key | join(', ') }};
        drop table moving;
    {% endcall %}
{% endmacro %}

{#- The rows of users that are made anew, of all that the lake has of them. -#}
{% macro make_users_anew(target, sql) %}
    {%- if run_query('select 1 from temp.made_anew limit 1').rows %}
    {% call statement('make_users_anew') %}
        delete from {{ target }} where mpid in (select mpid from temp.made_anew);
        {%- for name in ('events', 'users') %}
        {{ part_of_lake_of('temp.made_anew', name) }}
        {%- endfor %}
        insert into {{ target }} by name
        select *
        from (
            {{ sql }}
        ) as told
        where mpid in (select mpid from temp.made_anew);
        {{ whole_lake() }}
    {% endcall %}
    {%- endif %}
{% endmacro %}
