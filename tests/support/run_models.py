"""A few models in the place of those that dbt compiles: enough to ask criteria over a small lake without dbt."""

from __future__ import annotations

from functools import cache

import duckdb

from tests.support.functions import install_functions
from transforms.audiences.run_models import RunModel, RunModels, functions_of

_STAGING, _PROFILES = "models/staging", "models/profiles"
_LOGINS = """
select name || ':' || value as login_identity, arg_max(mpid, said_at) as mpid
from "milepost"."main"."base_lake__users"
where statement = 'identity' and login_identity is null and name = 'customer_id'
group by all
"""
_RESOLVED = """
select lake.* replace (coalesce(logins.mpid, lake.mpid) as mpid)
from {lake} as lake left join "milepost"."main"."int_login_identities" as logins using (login_identity)
"""
_SEEN = """
select workspace, mpid, min(seen_at) as first_seen, max(seen_at) as last_seen, min(active_at) as first_active,
    max(active_at) as last_active
from (
    select workspace, mpid, event_at as seen_at, event_at as active_at from "milepost"."main"."stg_lake__events"
    union all
    select workspace, mpid, said_at, null from "milepost"."main"."stg_lake__users"
)
group by workspace, mpid
"""
_ATTRIBUTES = """
select workspace, mpid, lower(name) as attribute_key, arg_max(name, said_at) as attribute_name,
    arg_max(value, said_at) as value, arg_max(elements, said_at) as elements
from "milepost"."main"."stg_lake__users" where statement = 'attribute' group by all
"""
_IDENTITIES = """
select distinct workspace, mpid, name as identity_type, value as identity_value
from "milepost"."main"."stg_lake__users" where statement = 'identity'
"""
_LISTS = "select * exclude (identity_value), lower(identity_value) as identity_key from lake_lists()"


def model(name: str, sql: str, *needs: str, path: str = _PROFILES, is_table: bool = True) -> RunModel:
    return RunModel(name, f"{path}/{name}.sql", "main", name, is_table, needs, sql)


@cache
def _functions() -> tuple[str, ...]:
    with duckdb.connect() as connection:
        install_functions(connection)
        return functions_of(connection)


def small_run_models(*further: RunModel) -> RunModels:
    """Events, users resolved by `customer_id`, lists, profiles, attributes and identities; and `further` ones."""
    events = _RESOLVED.format(lake="(select * from lake_events() where event_at < as_of())")
    users = _RESOLVED.format(lake='"milepost"."main"."base_lake__users"')
    return RunModels(
        database="milepost",
        login_types=("customer_id",),
        functions=_functions(),
        models=(
            model("base_lake__users", "select * from lake_users() where said_at < as_of()", path=_STAGING),
            model("int_login_identities", _LOGINS, "base_lake__users", path=_STAGING),
            model("stg_lake__events", events, "int_login_identities", path=_STAGING, is_table=False),
            model("stg_lake__users", users, "int_login_identities", path=_STAGING, is_table=False),
            model("stg_lake__lists", _LISTS, path=_STAGING),
            model("int_earlier_members", "from earlier_members()", path=_STAGING, is_table=False),
            model("dim_profiles", _SEEN, "stg_lake__events", "stg_lake__users"),
            model("int_user_attributes", _ATTRIBUTES, "stg_lake__users"),
            model("int_user_identities", _IDENTITIES, "stg_lake__users"),
            *further,
        ),
    )
