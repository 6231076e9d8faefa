"""Batches by columns: whom each is about, when it was said, and whether all of it can go by columns.

Reads `lines` (line, body, events, sorted_events); makes the table `batches`. transforms/ingest/batch.py is the law.
"""

from __future__ import annotations

from transforms.ingest.batch import READ_FIELDS
from transforms.ingest.plain.macros import quoted, structure

_FIELDS = tuple(sorted(READ_FIELDS - {"events"}))
_WITHOUT_READ = quoted("{" + ", ".join(f'"{name}": null' for name in sorted(READ_FIELDS)) + "}")
_FORM = structure(_FIELDS)
_OBJECTS = (
    "user_attributes",
    "device_info",
    "application_info",
    "consent_state",
    "context",
    "batch_context",
    "attribution_info",
)
_ARE_OBJECTS = " and ".join(f"is_object_or_absent({name})" for name in _OBJECTS)

# Very large and very small numbers are written in another way by each writer, a control sign too.
_ODD_DOUBLE = r"[0-9]e[-+]?[0-9]+[],}]|[:,[]-?0\.0000"
_FIELDS_OF_LINES = f"""
fields as (
    select line, body, unnest(from_json(body, {_FORM})),
           from_json(events, '["JSON"]') as events, from_json(sorted_events, '["JSON"]') as sorted_events,
           not regexp_matches(body, '{_ODD_DOUBLE}') and not regexp_matches(events, '{_ODD_DOUBLE}')
               and not contains(body, '\\u') and not contains(events, '\\u') as is_legible
    from lines
)
"""

_IDENTITIES = """
with_identities as (
    select *,
           case
               when is_object(user_identities) then list_transform(
                   map_entries(from_json(user_identities, '"MAP(VARCHAR, JSON)"')),
                   lambda item: {'type': item.key, 'value': item.value, 'is_plain': true})
               when is_list(user_identities) then list_transform(
                   from_json(user_identities,
                       '[{"identity_type": "JSON", "type": "JSON", "encoding": "JSON", "identity": "JSON"}]'),
                   lambda item: {
                       'type': item.identity_type ->> '$',
                       'value': item.identity,
                       'is_plain': is_string(item.identity_type) and item.identity_type <> '""'
                           and item.identity is not null and item.encoding is null})
               else [] end as given_identities
    from fields
)
"""

_READ_IDENTITIES = """
with_types as (
    select *,
           coalesce(list_bool_and(list_transform(given_identities, lambda item:
               coalesce(item.is_plain, false) and is_ascii(item.type) and is_scalar(item.value)
               and coalesce(item.value not in ('true', 'false'), true))), true)
               and (is_object_or_absent(user_identities) or is_list(user_identities)) as are_identities_plain,
           list_transform(
               list_filter(given_identities, lambda item: item.value is null or item.value <> '""'),
               lambda item: {'type': identity_type(item.type), 'value': to_text(item.value)}) as identities
    from with_identities
)
"""


def batches_sql(login_types: tuple[str, ...], *, places_addresses: bool) -> str:
    """The statement. Parameters: `arrival`, when the file was first seen, and each login type as `login_0`, ….

    `places_addresses`: whether an IP address says where a user is, which is not for this path.
    """
    logins = ", ".join(
        f"list_filter(identities, lambda item: item.type = $login_{number} and item.value is not null)"
        for number in range(len(login_types))
    )
    first_login = f"flatten([{logins}])[1]" if login_types else "null"
    address = "json_extract(body, '$.ip') is null" if places_addresses else "true"
    return f"""
create or replace temp table batches as
with {_FIELDS_OF_LINES}, {_IDENTITIES}, {_READ_IDENTITIES},
users as (
    select *,
           read_mpid(mpid) as own_mpid,
           case when mpid is null or mpid = '""' then {first_login} end as login,
           read_epoch(timestamp_unixtime_ms) as own_time
    from with_types
)
select line,
       coalesce(own_mpid, login_digest(login.type || ':' || login.value)) as mpid,
       login.type || ':' || login.value as login_identity,
       own_time,
       coalesce(own_time, $arrival) as received_at,
       coalesce(filled(environment), 'production') as environment,
       identities, user_attributes, deleted_user_attributes, consent_state, mp_deviceid,
       from_json(device_info, '"MAP(VARCHAR, JSON)"') as device,
       from_json(application_info, '"MAP(VARCHAR, JSON)"') as application,
       context, batch_context, attribution_info,
       events, sorted_events,
       inside(json_merge_patch(body, {_WITHOUT_READ})) as unread,
       is_legible and are_identities_plain and {_ARE_OBJECTS} and {address}
           and coalesce(own_mpid is not null or login.type is not null, false)
           and (filled(timestamp_unixtime_ms) is null and is_scalar(timestamp_unixtime_ms) or own_time is not null)
           and is_scalar(environment)
           and (deleted_user_attributes is null or is_list(deleted_user_attributes))
           and is_scalar(mp_deviceid) as is_plain
from users
"""
