"""Statements by columns: what plain batches say of their users, in the order of writing (spec §2.4).

Reads `batches` and `drafts`. batch_statements.py and statements.py are the law.
"""

from __future__ import annotations

from transforms.ingest.batch_statements import (
    DEVICE_FIELDS,
    DEVICE_KEYS,
    PLACE_FIELDS,
    READ_OF_APPLICATION,
    READ_OF_CONSENT,
    READ_OF_DEVICE,
)
from transforms.ingest.plain.macros import listed, object_of, present, quoted, structure
from transforms.vocabulary import DEVICE_IDENTITY_TYPES

_COLUMNS = {
    "at": "bigint",
    "statement": "varchar",
    "name": "varchar",
    "purpose": "varchar",
    "value": "varchar",
    "elements": "varchar[]",
    "is_removed": "boolean",
    "consented": "boolean",
    "fields": "map(varchar, varchar)",
}


def _say(at: str, statement: str, **columns: str) -> str:
    """One statement as a struct; what is not named is null, and it takes nothing away."""
    values = {"is_removed": "false", **columns, "at": at, "statement": quoted(statement)}
    packed = ", ".join(f"{name} := {values.get(name, 'null')}::{form}" for name, form in _COLUMNS.items())
    return f"struct_pack({packed})"


def _said(condition: str, statement: str) -> str:
    return f"case when {condition} then [{statement}] else [] end"


_ATTRIBUTE_VALUE = {
    "value": "case when not is_list({0}) then to_text({0}) end",
    "elements": """case when is_list({0})
        then list_transform(from_json({0}, '["JSON"]'), lambda element: to_text(element)) end""",
}


def _attribute(at: str, name: str, value: str) -> str:
    columns = {column: text.format(value) for column, text in _ATTRIBUTE_VALUE.items()}
    return _say(at, "attribute", name=name, **columns)


def _place(location: str, at: str) -> str:
    fields = {field: f"filled({location}.{name})" for field, name in PLACE_FIELDS.items()}
    known = " or ".join(f"{value} is not null" for value in fields.values())
    point = {name: f"filled({location}.{name})" for name in ("latitude", "longitude")}
    both = " and ".join(f"{value} is not null" for value in point.values())
    return (
        f"list_concat({_said(known, _say(at, 'location', fields=present(fields)))}, "
        f"{_said(both, _say(at, 'coordinates', fields=present(point)))})"
    )


_LOCATION = structure([*PLACE_FIELDS.values(), "latitude", "longitude"])


def _attribution(fields: str, at: str, name: str, source: str) -> str:
    found = {key: f"filled(of_folded({fields}, '{key}')[1].value)" for key in ("publisher", "campaign")}
    known = " or ".join(f"{value} is not null" for value in found.values())
    said = _say(at, "attribution", name=name, fields=present({**found, "source": quoted(source)}))
    return _said(known, said)


def _attribution_is_plain(fields: str) -> str:
    alone = " and ".join(f"len(of_folded({fields}, '{key}')) <= 1" for key in ("publisher", "campaign"))
    return f"({fields} is null or ({alone}))"


_EVENT = structure(
    ["user_attribute_name", "deleted", "is_opted_out", "custom_event_type", "custom_attributes"],
    new='"JSON"',
    location=_LOCATION[1:-1],
)
_NEW_IDENTITY = structure(["identity_type", "type", "encoding", "identity"])

#: Makes the table `event_statements`: line, at, source_index, statements and is_plain of events that say something.
EVENT_STATEMENTS = f"""
create or replace temp table event_statements as
with read as (
    select line, source_index, event_at, event_type, said, unnest(from_json(said, {_EVENT}))
    from drafts
    where said is not null and is_plain
),
parted as (
    select *,
           case when event_type = 'user_identity_change' then from_json(new, {_NEW_IDENTITY}) end as identity,
           case when event_type = 'uninstall'
                   or (event_type = 'custom_event' and lower(filled(custom_event_type)) = 'attribution')
               then from_json(custom_attributes, '"MAP(VARCHAR, JSON)"') end as attribution
    from read
)
select line, source_index, event_at,
       list_concat(
           case event_type
               when 'user_attribute_change' then
                   case when filled(user_attribute_name) is null then []
                       when deleted = 'true' then [{
    _say("event_at", "attribute", name="filled(user_attribute_name)", is_removed="true")
}]
                       when json_exists(said, '$.new') then [{
    _attribute("event_at", "filled(user_attribute_name)", "new")
}]
                       else [] end
               when 'user_identity_change' then [{
    _say(
        "event_at",
        "identity",
        name="identity_type(to_text(identity.identity_type))",
        value="filled(identity.identity)",
        is_removed="filled(identity.identity) is null",
    )
}]
               when 'opt_out' then {
    _said("is_opted_out is not null", _say("event_at", "opt_out", value="is_opted_out"))
}
               when 'uninstall' then {_attribution("attribution", "event_at", "'uninstall'", "event")}
               when 'custom_event' then {_attribution("attribution", "event_at", "'install'", "event")}
               else [] end,
           {_place("location", "event_at")}) as statements,
       coalesce(case event_type
           when 'user_attribute_change' then is_truth(deleted)
           when 'user_identity_change' then is_string(identity.identity_type) and identity.identity_type <> '""'
               and is_ascii(identity.identity_type) and identity.encoding is null
               and identity.identity is not null and is_scalar(identity.identity)
               and identity.identity not in ('true', 'false')
           when 'opt_out' then is_truth(is_opted_out)
           else {_attribution_is_plain("attribution")} end, false) as is_plain
from parted
"""

_OS = "coalesce(filled(device['platform']), filled(application['os']))"
_DEVICE = {
    "mp_deviceid": "device_identities['mp_deviceid']",
    "os": _OS,
    **{
        field: "coalesce(" + ", ".join(f"filled(device[{quoted(name)}])" for name in names) + ")"
        for field, names in DEVICE_FIELDS.items()
    },
    "type": "case device['is_tablet'] when 'true' then 'tablet' when 'false' then 'phone' end",
}
_KEY = (
    "coalesce("
    + ", ".join(f"{quoted(kind + ':')} || device_identities[{quoted(kind)}]" for kind in DEVICE_KEYS)
    + ", 'model:' || to_json([device_fields['brand'], device_fields['model'], device_fields['os']]))"
)
_APP = {
    "version": "filled(application['application_version'])",
    "build": "filled(application['application_build_number'])",
}

_OF_DEVICE = f"field.kind in ({listed(DEVICE_IDENTITY_TYPES)})"
_EXTRA = object_of(
    "unread",
    f"""'"device_info":{{' || nullif(rest_of(device, list_concat([{listed(sorted(READ_OF_DEVICE))}], list_transform(
        list_filter(named, lambda field: {_OF_DEVICE}), lambda field: field.name))), '') || '}}'""",
    f"""'"application_info":{{' || nullif(rest_of(application, [{listed(sorted(READ_OF_APPLICATION))}]), '')
        || '}}'""",
    *(
        f"""'"{name}":' || nullif({name}, '{{}}')"""
        for name in ("context", "batch_context", "attribution_info")
    ),
)

#: Makes the table `users`: a plain batch with what it says in parts, and is_plain.
USERS = f"""
create or replace temp table users as
with times as (
    select line, max(event_at) as newest from drafts group by line
),
known as (
    select batches.*, coalesce(times.newest, received_at) as said_at,
           from_json(user_attributes, '"MAP(VARCHAR, JSON)"') as attributes,
           from_json(deleted_user_attributes, '["JSON"]') as deleted,
           from_json(consent_state, '"MAP(VARCHAR, MAP(VARCHAR, JSON))"') as consents,
           from_json(json_extract(case when coalesce(context, '{{}}') <> '{{}}' then context else batch_context end,
               '$.location'), {_LOCATION}) as location,
           json_extract(case when coalesce(context, '{{}}') <> '{{}}' then context else batch_context end,
               '$.location') as given_location,
           from_json(attribution_info, '"MAP(VARCHAR, JSON)"') as attribution,
           list_transform(map_entries(device),
               lambda field: {{'name': field.key, 'kind': identity_type(field.key), 'value': field.value}}) as named
    from batches left join times using (line)
    where batches.is_plain
),
listed as (
    select *,
           list_concat(
               case when filled(mp_deviceid) is not null
                   then [{{'key': 'mp_deviceid', 'value': filled(mp_deviceid)}}] else [] end,
               list_transform(
                   list_filter(named, lambda field: field.kind in ({listed(DEVICE_IDENTITY_TYPES)})
                       and filled(field.value) is not null),
                   lambda field: {{'key': field.kind, 'value': filled(field.value)}})) as identities_of_device,
           flatten(list_transform(map_entries(consents), lambda regulation: list_transform(
               map_entries(regulation.value), lambda purpose: {{
                   'regulation': regulation.key, 'purpose': purpose.key, 'record': purpose.value,
                   'fields': from_json(purpose.value, '"MAP(VARCHAR, JSON)"')}}))) as records
    from known
),
named_once as (
    select *,
           list_filter(identities_of_device, lambda one, place:
               list_position(list_transform(identities_of_device, lambda other: other.key), one.key) = place)
               as device_identities_said
    from listed
),
devices as (
    select *, map_from_entries(device_identities_said) as device_identities from named_once
),
described as (
    select *, {present(_DEVICE)} as device_fields, {present(_APP)} as app_fields from devices
)
select line, environment, mpid, login_identity, received_at,
       said_at, identities, attributes, deleted, records, device_identities_said, device_identities,
       device_fields, app_fields, location, attribution,
       {_EXTRA} as extra,
       coalesce(
           (len(map_values(device)) = 0 or device is null
               or list_bool_and(list_transform(map_entries(device), lambda field:
                   is_scalar(field.value) and is_ascii(field.key))))
           and is_truth(device['is_tablet'])
           and (application is null or len(map_values(application)) = 0
               or list_bool_and(list_transform(map_values(application), lambda value: is_scalar(value))))
           and (deleted is null or len(deleted) = 0
               or list_bool_and(list_transform(deleted, lambda name: is_scalar(name))))
           and (consents is null or len(map_values(consents)) = 0
               or list_bool_and(list_transform(map_values(consents), lambda purposes: purposes is not null)))
           and (records is null or len(records) = 0 or list_bool_and(list_transform(records, lambda one:
               one.record is null or (is_object(one.record)
                   and coalesce(one.fields['consented'] in ('true', 'false'), false)
                   and is_scalar(one.fields['timestamp_unixtime_ms'])
                   and (filled(one.fields['timestamp_unixtime_ms']) is null
                       or read_epoch(one.fields['timestamp_unixtime_ms']) is not null)))))
           and is_object_or_absent(given_location)
           and {_attribution_is_plain("attribution")}, false) as is_plain
from described
"""

_REST_OF_CONSENT = f"""map_from_entries(list_transform(
    list_filter(map_entries(one.fields), lambda field:
        field.key not in ({listed(sorted(READ_OF_CONSENT))}) and field.value is not null),
    lambda field: {{'key': field.key, 'value': to_text(field.value)}}))"""
_CONSENT = _say(
    "case when one.record is null then said_at "
    "else coalesce(read_epoch(one.fields['timestamp_unixtime_ms']), said_at) end",
    "consent",
    name="one.regulation",
    purpose="one.purpose",
    is_removed="one.record is null",
    consented="one.fields['consented'] = 'true'",
    fields=f"case when one.record is not null and len(map_keys({_REST_OF_CONSENT})) > 0 then {_REST_OF_CONSENT} end",
)


def _each(items: str, statement: str) -> str:
    return f"list_transform({items}, lambda one: {statement})"


_PARTS = (
    "event_statements_said",
    _each(
        "identities",
        _say("said_at", "identity", name="one.type", value="one.value", is_removed="one.value is null"),
    ),
    _each("map_entries(attributes)", _attribute("said_at", "one.key", "one.value")),
    _each(
        "list_filter(deleted, lambda name: name is not null)",
        _say("said_at", "attribute", name="to_text(one)", is_removed="true"),
    ),
    _each("records", _CONSENT),
    _each("device_identities_said", _say("said_at", "identity", name="one.key", value="one.value")),
    _said(
        "len(device_identities_said) > 0 or len(map_keys(device_fields)) > 0",
        _say("said_at", "device", value=_KEY, fields="device_fields"),
    ),
    _said("len(map_keys(app_fields)) > 0", _say("said_at", "app", fields="app_fields")),
    _place("location", "said_at"),
    _attribution("attribution", "said_at", "'install'", "batch"),
    "[" + _say("said_at", "seen", fields="case when extra is not null then map {'extra': extra} end") + "]",
)

#: The statements of lines that are not awkward: line, position and the columns of a statement.
STATEMENTS = f"""
with of_events as (
    select line, flatten(list(statements order by event_at, source_index)) as event_statements_said
    from event_statements
    group by line
),
lists as (
    select line, environment, mpid, login_identity, received_at,
           list_concat({", ".join(f"coalesce({part}, [])" for part in _PARTS)}) as statements
    from users left join of_events using (line)
    where line not in (select line from awkward)
),
each as (
    select * exclude (statements), unnest(statements) as said,
           generate_subscripts(statements, 1) - 1 as position
    from lists
)
select $workspace as workspace, $input as input, environment, mpid, login_identity,
       make_timestamp(said.at) as said_at, make_timestamp(received_at) as received_at,
       said.statement, said.name, said.purpose, said.value, said.elements, said.is_removed, said.consented,
       said.fields, $path as source_path, line as source_line, position::integer as position,
       $ordinal::integer as file_ordinal
from each
"""

#: Makes the table `awkward`: the lines that can't go by columns.
AWKWARD = """
create or replace temp table awkward as
select line from batches where not coalesce(is_plain, false)
union
select line from drafts where not coalesce(is_plain, false)
union
select line from event_statements where not is_plain
union
select line from users where not is_plain
"""

EVENTS = """
select $workspace as workspace, $input as input, batches.environment, batches.mpid, batches.login_identity,
       event_id, make_timestamp(event_at) as event_at, make_timestamp(batches.received_at) as received_at,
       event_type, event_name, custom_type, attributes, total_amount, tax_amount, shipping_amount, currency_code,
       transaction_id, coupon_code, affiliation, screen_name, products, promotions, session_id,
       session_duration_ms, is_first_run, is_upgrade,
       filled(application['application_version']) as app_version,
       filled(application['application_build_number']) as app_build,
       coalesce(filled(device['platform']), filled(application['os'])) as platform,
       filled(device['os_version']) as os_version,
       extra, content_digest, $path as source_path, line as source_line, source_index, content,
       $ordinal::integer as file_ordinal
from drafts join batches using (line)
where line not in (select line from awkward)
"""
