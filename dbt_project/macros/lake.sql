{#- What a run evaluates, made anew at its start: the instant, the tables of the lake, and who was a member before.
    Models name these alone, so that what dbt compiles holds for every instant and wherever the lake lies. -#}
{% macro create_inputs() %}{{ return(adapter.dispatch('create_inputs')()) }}{% endmacro %}

{% macro duckdb__create_inputs() %}
{{ duckdb__create_as_of() }}
{{ create_event_days_counted() }}
{% for name, partition in [('events', 'day: date'), ('users', 'day: date'), ('lists', 'list_name: varchar')] %}
{{ duckdb__create_lake_table(name, partition) }}
{% endfor %}
{{ duckdb__create_lake_files() }}
{{ duckdb__create_earlier_members() }}
{% endmacro %}

{#- Who was in what at the newest stored as_of before this one, and since when, for the criterion `member_since`: a file
    that whoever starts dbt writes for each as_of. Where MILEPOST_EARLIER_MEMBERS names none nobody was a member before.

    It is left out while dbt parses, as as_of is. -#}
{% macro duckdb__create_earlier_members() %}
    {%- if execute -%}
        {%- set file = env_var('MILEPOST_EARLIER_MEMBERS', '') | replace("'", "''") -%}
        create or replace macro earlier_members() as table
        {%- if file %}
        select
            audience_id,
            mpid,
            since
        from read_parquet('{{ file }}');
        {%- else %}
        select
            cast(null as varchar) as audience_id,
            cast(null as bigint) as mpid,
            cast(null as timestamp) as since
        where false;
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- The parquet that ingest writes: one folder a day, or a list; exact text, instants in UTC without a zone. -#}
{% macro duckdb__create_lake_table(name, partition) %}
    {%- set lake = env_var('MILEPOST_LAKE', 'data/lake') | replace("'", "''") -%}
    create or replace macro lake_{{ name }}() as table
        select *
        from read_parquet(
            '{{ lake }}/{{ name }}/*/*.parquet', hive_partitioning = true, hive_types = {{ '{' ~ partition ~ '}' }}
        );
{% endmacro %}

{#- lake_files('events') and lake_files('users'): a row for each day of the lake (`day`), with what tells that its
    files are as they were (`stamp`): names, sizes and times of writing, no content is read. Two looks that give one
    stamp saw the same files; where the lake is written to, an unchanged day may give another.

    A file system tells the time of writing to the second, so a file as young as that has the instant of the look in
    its stamp: it may change once more within its second. -#}
{% macro duckdb__create_lake_files() %}
    {%- set lake = env_var('MILEPOST_LAKE', 'data/lake') | replace("'", "''") -%}
    create or replace macro lake_files(lake_table) as table
        select
            cast(regexp_extract(filename, '/day=([^/]*)/[^/]*$', 1) as date) as day,
            string_agg(
                concat_ws(
                    ' ',
                    regexp_extract(filename, '[^/]*$'),
                    size,
                    epoch_us(last_modified),
                    case when last_modified > now() - interval 2 seconds then epoch_us(now()) end
                ),
                ', ' order by filename
            ) as stamp
        from read_blob('{{ lake }}/' || lake_table || '/*/*.parquet')
        group by all;
{% endmacro %}
