{#- The table of login identities, and beside it whose records they move: when a login identity comes to another mpid,
    what was said under it belongs to another user from then on, however long ago it was said.

    `version` is noted with the table, another one whenever a user's records moved. `moved_users` are those between
    the version `moved_from` and this one; where `moved_from` is none it is not known who they are. -#}
{% materialization resolution, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and not existing.is_table -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}
    {% do begin_transaction() %}
    {%- set found = lake_found() -%}
    {%- set seen = seen_by(target) -%}
    {%- set is_continued = can_continue(seen, found) -%}
    {% call statement('main') -%}
        create or replace table {{ target }} as
        {{ compiled_code }}
    {%- endcall %}
    {% call statement('moved_users') -%}
        create or replace temp table resolved_now as
        select
            bearers.login_identity,
            bearers.mpid as borne_mpid,
            coalesce(logins.mpid, bearers.mpid) as mpid
        from {{ relation_of('int_login_bearers') }} as bearers
        left join {{ target }} as logins
            on bearers.login_identity = logins.login_identity;
        {% if not is_continued -%}
            create or replace table {{ resolved_logins() }} as select * from resolved_now limit 0;
        {%- endif %}
        create or replace table {{ moved_users() }} as
        {{ moves('resolved_now') }};
        create or replace table {{ resolved_logins() }} as select * from resolved_now;
        drop table resolved_now;
    {%- endcall %}
    {%- set is_moved = run_query('select 1 from ' ~ moved_users() ~ ' limit 1').rows | length > 0 -%}
    {% do found.update({
        'version': invocation_id if is_moved or not is_continued else seen.version,
        'moved_from': seen.version if is_moved and is_continued else none,
    }) %}
    {% do note_seen(target, found) %}
    {{ run_hooks(post_hooks) }}

    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- A row for each user to or from whom records move. All that was said under the digest of a login identity becomes
    that of the mpid `became`, where no record but those of this login identity lies under the digest; the others are
    to be made anew, and `became` is null. -#}
{% macro moves(resolved_now) %}
    with

    moves as (

        select
            before.borne_mpid,
            before.mpid,
            resolved_now.mpid as became
        from {{ resolved_logins() }} as before
        inner join {{ resolved_now }} as resolved_now
            on
                before.login_identity = resolved_now.login_identity
                and before.borne_mpid = resolved_now.borne_mpid
        where before.mpid <> resolved_now.mpid

    ),

    -- Of each mpid that moves, the login identities that records under it bear.
    shared as (

        select resolved_now.borne_mpid as mpid
        from {{ resolved_now }} as resolved_now
        where resolved_now.borne_mpid in (select moves.mpid from moves)
        group by resolved_now.borne_mpid
        having count(*) > 1

        union

        select resolved_now.mpid
        from {{ resolved_now }} as resolved_now
        where resolved_now.mpid in (select moves.mpid from moves)

        union

        select lake.mpid
        from lake_users() as lake
        where lake.login_identity is null and lake.mpid in (select moves.mpid from moves)

        union

        select lake.mpid
        from lake_events() as lake
        where lake.login_identity is null and lake.mpid in (select moves.mpid from moves)

    ),

    made_anew as (

        select unnest([mpid, became]) as mpid
        from moves
        where mpid <> borne_mpid or mpid in (select shared.mpid from shared)

    )

    select
        mpid,
        became
    from moves
    where became not in (select made_anew.mpid from made_anew)

    union

    select
        unnest([mpid, became]) as mpid,
        null as became
    from moves
    where became in (select made_anew.mpid from made_anew)
{% endmacro %}

{#- Who moved: mpid and became. -#}
{% macro moved_users() %}{{ return(beside_logins('moved')) }}{% endmacro %}

{#- Each login identity that a record bears, with the mpid of the record and the one that it is resolved to. -#}
{% macro resolved_logins() %}{{ return(beside_logins('resolved')) }}{% endmacro %}

{% macro beside_logins(what) %}
    {%- set logins = relation_of('int_login_identities') -%}
    {{ return(logins.incorporate(path={'identifier': logins.identifier ~ '__' ~ what})) }}
{% endmacro %}
