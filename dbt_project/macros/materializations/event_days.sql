{#- Events by user and day, for days that are over at as_of: the materialization of rollups.

    A day is counted where its files in the lake are not those that it was counted of: of a new rollup that is every
    day, after one more day that day, after late events the days to which they belong. What was counted is kept in the
    table `event_days_counted`, in the transaction that counts. Everything is counted anew where anything else changed
    that decides which events there are, and in each run where the macro event_filter() can decide it.

    The model gives mpid as recorded. Who a login is depends on as_of, so that is told in each run. -#}
{% materialization event_days, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
        {% set existing = none %}
    {% endif %}
    {%- set can_be_kept = existing is not none and event_filter() | trim == 'true' -%}
    {%- set meaning = what_makes(['base_lake__events']) -%}

    {{ run_hooks(pre_hooks) }}
    {%- set found = run_query(days_to_count(meaning if can_be_kept else 'none')).rows -%}
    {%- set is_known = found | selectattr('is_known') | list | length > 0 -%}
    {%- set changed = found | selectattr('day') | list -%}
    {%- set days = "date '" ~ changed | map(attribute='day') | join("', date '") ~ "'" if changed else 'null' -%}
    {% call statement('main') -%}
        {%- if not is_known %}
            create or replace table {{ target }} as {{ counted_days(days) }};
            delete from {{ event_days_counted() }} where rollup = '{{ this.identifier }}';
        {%- elif changed %}
            delete from {{ target }} where day in ({{ days }});
            insert into {{ target }} by name {{ counted_days(days) }};
            delete from {{ event_days_counted() }} where rollup = '{{ this.identifier }}' and day in ({{ days }});
        {%- endif %}
        {%- for row in changed if row['stamp'] is not none %}
            insert into {{ event_days_counted() }}
            values ('{{ this.identifier }}', '{{ meaning }}', date '{{ row['day'] }}', '{{ row['stamp'] }}');
        {%- endfor %}
        {%- if is_known %}
            {{ told_again(target) }};
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}

    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% macro event_days_counted() %}{{ target.schema }}.event_days_counted{% endmacro %}

{% macro create_event_days_counted() %}
create table if not exists {{ event_days_counted() }} (rollup text, meaning text, day date, stamp text);
{% endmacro %}

{#- One row that says whether any day was counted by this meaning, then the days that are not as they were counted;
    without a stamp those that left the lake. -#}
{% macro days_to_count(meaning) %}
with

lake as (select day, stamp from lake_files('events')),

counted as (
    select day, stamp
    from {{ event_days_counted() }}
    where rollup = '{{ this.identifier }}' and meaning = '{{ meaning }}'
)

select null as day, null as stamp, exists (select 1 from counted) as is_known
union all
select coalesce(lake.day, counted.day) as day, lake.stamp, false as is_known
from lake full outer join counted on lake.day = counted.day
where
    lake.stamp is distinct from counted.stamp
    and coalesce(lake.day, counted.day) < cast({{ as_of() }} as date)
order by day
{% endmacro %}

{#- The rows of some days. By day, so that what looks at few days passes over the others. -#}
{% macro counted_days(days) %}
select
    coalesce(logins.mpid, days.mpid) as mpid,
    days.mpid as recorded_mpid,
    days.* exclude (mpid)
from (select * from ({{ sql }}) as every_day where day in ({{ days }})) as days
left join {{ ref('int_login_identities') }} as logins on days.login_identity = logins.login_identity
order by days.day
{% endmacro %}

{#- Gives rows of logins to the users that they are at as_of. -#}
{% macro told_again(target) %}
update {{ target }} as days
set mpid = told.mpid
from (
    select borne.login_identity, borne.recorded_mpid, coalesce(logins.mpid, borne.recorded_mpid) as mpid
    from (
        select distinct login_identity, recorded_mpid from {{ target }} where login_identity is not null
    ) as borne
    left join {{ ref('int_login_identities') }} as logins on borne.login_identity = logins.login_identity
) as told
where
    days.login_identity = told.login_identity
    and days.recorded_mpid = told.recorded_mpid
    and days.mpid <> told.mpid
{% endmacro %}
