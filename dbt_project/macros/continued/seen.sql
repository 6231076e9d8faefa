{#- What a continued table was made of, noted in the comment of the table so that it changes with its rows. -#}

{#- as_of; the days of the lake with their stamps; the version of the login identities, with the one before it whose
    users `moved_users` names; a digest of everything else that decides what the model gives. -#}
{% macro lake_found() %}
    {%- set days = {} -%}
    {%- for name in ('events', 'users') -%}
        {%- set rows = run_query("select cast(day as varchar), stamp from lake_files('" ~ name ~ "')").rows -%}
        {%- set stamps = {} -%}
        {%- for row in rows -%} {% do stamps.update({row[0]: row[1]}) %} {%- endfor -%}
        {% do days.update({name: stamps}) %}
    {%- endfor -%}
    {%- set read = models_read(model.unique_id, []) -%}
    {%- set logins = {} -%}
    {%- if 'int_login_identities' in read[1:] -%}
        {%- set logins = seen_by(relation_of('int_login_identities')) or {} -%}
    {%- endif -%}
    {{ return({
        'as_of': run_query('select cast(as_of() as varchar)').rows[0][0],
        'days': days,
        'logins': logins.get('version'),
        'moved_from': logins.get('moved_from'),
        'made_by': made_by(read),
    }) }}
{% endmacro %}

{#- Whether the table can be brought from what was seen to what was found. Hooks may read anything, so that with one of
    them nobody knows what is new. -#}
{% macro can_continue(seen, found) %}
    {{ return(
        seen is not none
        and found.made_by is not none
        and seen.made_by == found.made_by
        and seen.as_of <= found.as_of
        and not (seen.days.events.keys() - found.days.events.keys())
        and not (seen.days.users.keys() - found.days.users.keys())
        and seen.logins in (found.logins, found.moved_from)
    ) }}
{% endmacro %}

{#- what_makes() a model; None where it reads more than the lake, or a hook may. -#}
{% macro made_by(read) %}
    {%- if none in read or event_filter() | trim != 'true' or user_filter() | trim != 'true' -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(what_makes(read)) }}
{% endmacro %}

{#- A digest of all that decides what the model gives beside the lake and as_of: its text and that of the views among
    the models `read`, the functions of the warehouse, the settings. -#}
{% macro what_makes(read) %}
    {%- set texts = run_query(
        "select sql from duckdb_views() where not internal and view_name in (" ~ text_literals(read) ~ ")"
        " union all select macro_definition from duckdb_functions()"
        " where not internal and database_name = current_database() and macro_definition is not null"
        " and function_name not in ('as_of', 'lake_events', 'lake_users', 'lake_lists', 'lake_files',"
        " 'earlier_members') order by 1"
    ).columns[0].values() | list -%}
    {{ return(local_md5(tojson([
        texts,
        compiled_code,
        config.get('unique_key'),
        config.get('meta'),
        env_var('MILEPOST_LAKE', 'data/lake'),
        env_var('MILEPOST_LOGIN_TYPES', 'customer_id'),
        env_var('MILEPOST_EVALUATE_DEVELOPMENT', 'false'),
    ]))) }}
{% endmacro %}

{#- The names of a model and of all that it reads down to the lake; `None` among them for what is read beside the
    events and users of the lake, of which no run can tell what is new. -#}
{% macro models_read(unique_id, found) %}
    {%- set node = graph.nodes.get(unique_id) -%}
    {%- if node is none or node.resource_type != 'model' or node.config.materialized == 'table' -%}
        {%- if unique_id.split('.')[-2:] not in (['lake', 'events'], ['lake', 'users']) -%}
            {% do found.append(none) %}
        {%- endif -%}
    {%- elif node.name not in found -%}
        {% do found.append(node.name) %}
        {%- for needed in node.depends_on.nodes -%} {% do models_read(needed, found) %} {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{#- What was noted of a table when it was built, None where nothing was. -#}
{% macro seen_by(relation) %}
    {%- set comments = run_query(
        "select comment from duckdb_tables() where comment is not null and database_name = '" ~ relation.database
        ~ "' and schema_name = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ).rows -%}
    {{ return(fromjson(comments[0][0], none) if comments else none) }}
{% endmacro %}

{#- Nothing is noted where the lake was written to since the tables were built that the model reads: what one of them
    has not seen would be missing in what moves between users. -#}
{% macro note_seen(relation, found) %}
    {%- set looks = namespace(agree=true) -%}
    {%- for name in models_read(model.unique_id, [])[1:] if name in login_tables() -%}
        {%- set looks.agree = looks.agree and (seen_by(relation_of(name)) or {}).get('days') == found.days -%}
    {%- endfor -%}
    {%- set noted = "'" ~ tojson(found) | replace("'", "''") ~ "'" if looks.agree else 'null' -%}
    {% call statement('note_seen') -%} comment on table {{ relation }} is {{ noted }} {%- endcall %}
{% endmacro %}

{#- The tables that decide whose a record is. -#}
{% macro login_tables() %}
    {{ return(['int_login_claims', 'int_login_bearers', 'int_login_identities']) }}
{% endmacro %}

{#- The table or view of a model of any name. -#}
{% macro relation_of(name) %}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == name -%}
        {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
    {%- endfor -%}
{% endmacro %}
