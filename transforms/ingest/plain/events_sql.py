"""Events by columns: the rows of lake/events, and which lines have events that can't go by columns.

Reads `batches`; makes the tables `drafts` (one row an event) and `awkward` (lines). batch_events.py and commerce.py
are the law.
"""

from __future__ import annotations

from transforms.ingest.batch_events import READ_OF_DATA
from transforms.ingest.commerce import (
    ACTION_FIELDS,
    ATTRIBUTES,
    PRODUCT_ACTIONS,
    PRODUCT_FIELDS,
    PROMOTION_ACTIONS,
    PROMOTION_FIELDS,
)
from transforms.ingest.plain.macros import mapped, object_of, quoted, size, structure

_ALWAYS_READ = tuple(sorted(READ_OF_DATA))
_COMMERCE = ("product_action", "promotion_action", "product_impressions")
_READ_AT_TIMES = (
    "source_message_id",
    "event_name",
    "is_first_run",
    "is_upgrade",
    "session_duration_ms",
)
_SESSION = ("session_uuid", "session_id")
_DATA = structure([*_ALWAYS_READ, *_READ_AT_TIMES, *_SESSION, *_COMMERCE, "location"])
_ACTIONS = mapped({**{name: name for name in PRODUCT_ACTIONS.values()}, **PRODUCT_ACTIONS})

#: Less than any object takes away.
_UNEQUAL = -1_000_000_000

_Names = dict[str, tuple[str, ...]]


def _spellings(names: _Names) -> list[str]:
    return [spelling for spellings in names.values() for spelling in spellings]


def _lines_form(names: _Names) -> str:
    return "[" + structure([*_spellings(names), *ATTRIBUTES])[1:-1] + "]"


def _lines(items: str, names: _Names) -> str:
    columns = [
        f"{quoted(column)}: to_text(coalesce({', '.join(f'item.{name}' for name in spellings)}))"
        for column, spellings in names.items()
    ]
    attributes = ", ".join(f"item.{name}" for name in ATTRIBUTES)
    columns.append(f"'attributes': from_json(coalesce({attributes}), '\"MAP(VARCHAR, VARCHAR)\"')")
    return f"list_transform({items}, lambda item: {{{', '.join(columns)}}})"


def _lines_are_plain(text: str, items: str, names: _Names) -> str:
    """Whether lines have no other fields, one spelling of each, and no value that is not for its column.

    Of `[{…},{…}]` the fields are all but two bytes a line, and one. A line without any is not told from a digit.
    """
    fields = [*_spellings(names), *ATTRIBUTES]
    scalars = [f"is_scalar(item.{name})" for name in _spellings(names)]
    alone = [
        f"({' or '.join(f'item.{name} is null' for name in spellings)})"
        for spellings in [*names.values(), ATTRIBUTES]
        if len(spellings) > 1
    ]
    maps = [f"is_object_or_absent(item.{name})" for name in ATTRIBUTES]
    plain = " and ".join([*scalars, *alone, *maps])
    return f"""(case when {text} is null then true else coalesce(
        is_list({text}) and strlen({text}) = 1 + 2 * len({items}) + list_sum(list_transform({items},
            lambda item: coalesce(case when {plain} then nullif({size("item.", fields)}, 0) end, {_UNEQUAL}))), false) end)"""


_SOLD = structure(["action", *ACTION_FIELDS, "products"])
_PROMOTED = structure(["action", "promotions"])
_SHOWN = quoted('[{"product_impression_list": "JSON", "products": "JSON"}]')
_PRODUCTS = quoted(_lines_form(PRODUCT_FIELDS))
_PROMOTIONS = quoted(_lines_form(PROMOTION_FIELDS))

_UNNESTED = """
unnested as (
    select line, is_plain as is_batch_plain, mpid, login_identity, own_time,
           unnest(events) as event, unnest(sorted_events) as sorted_event,
           generate_subscripts(events, 1) - 1 as source_index
    from batches
),
parted as (
    select *, unnest(from_json(event, '{"event_type": "JSON", "data": "JSON"}')) from unnested
)
"""

_FIELDS = f"""
fields as (
    select * exclude (event_type),
           coalesce(strlen(event) = strlen(event_type) + strlen(data) + 23, false)
               and is_object(data) and is_string(event_type) and event_type <> '""' as is_event_plain,
           event_type ->> '$' as event_type,
           event_type = '"commerce_event"' as is_commerce,
           unnest(from_json(data, {_DATA}))
    from parted
)
"""

_COMMERCE_FIELDS = f"""
with_commerce as (
    select *,
           case when is_commerce then from_json(product_action, {_SOLD}) end as sold,
           case when is_commerce then from_json(promotion_action, {_PROMOTED}) end as promoted,
           case when is_commerce then from_json(product_impressions, {_SHOWN}) end as shown
    from fields
),
with_lines as (
    select *,
           case when sold.products is not null then from_json(sold.products, {_PRODUCTS}) end as sold_products,
           case when promoted.promotions is not null
               then from_json(promoted.promotions, {_PROMOTIONS}) end as promotions_given,
           case when shown is not null then list_transform(shown,
               lambda item: from_json(item.products, {_PRODUCTS})) end as shown_products
    from with_commerce
)
"""

_SHOWN_IS_PLAIN = f"""(
    case when product_impressions is null then true else coalesce(
        is_list(product_impressions)
        and strlen(product_impressions) = 1 + 2 * len(shown) + list_sum(list_transform(shown,
            lambda item: coalesce(nullif({size("item.", ["product_impression_list", "products"])}, 0), {_UNEQUAL})))
        and list_bool_and(list_transform(list_zip(shown, shown_products), lambda pair:
            {_lines_are_plain("pair[1].products", "pair[2]", PRODUCT_FIELDS)})), false) end)"""

_COMMERCE_IS_PLAIN = f"""(
    case when not is_commerce then true else coalesce(
        (product_action is not null)::int + (promotion_action is not null)::int
            + (product_impressions is not null)::int = 1
        and (product_action is null or is_string(sold.action)
            and strlen(product_action) = 1 + {size("sold.", ["action", *ACTION_FIELDS, "products"])}
            and {" and ".join(f"is_scalar(sold.{name})" for name in ACTION_FIELDS)}
            and {_lines_are_plain("sold.products", "sold_products", PRODUCT_FIELDS)})
        and (promotion_action is null or is_string(promoted.action)
            and strlen(promotion_action) = 1 + {size("promoted.", ["action", "promotions"])}
            and {_lines_are_plain("promoted.promotions", "promotions_given", PROMOTION_FIELDS)})
        and {_SHOWN_IS_PLAIN}
        and event_name is not null, false) end)"""

_NAMED = f"""
named as (
    select * exclude (event_name, event_id, is_first_run, is_upgrade, session_duration_ms),
           event_name as given_name,
           case
               when event_type = 'custom_event' then to_text(event_name)
               when event_type = 'screen_view' then filled(screen_name)
               when sold.action is not null then {_ACTIONS}[sold.action ->> '$']
               when promoted.action is not null then {mapped(PROMOTION_ACTIONS)}[promoted.action ->> '$']
               when is_commerce and product_impressions is not null then 'impression'
           end as event_name,
           coalesce(filled(event_id), filled(source_message_id)) as event_id,
           event_id as given_id,
           read_epoch(timestamp_unixtime_ms) as own_event_at,
           filled(session_uuid) is not null as has_session_uuid,
           is_first_run as given_first_run, is_upgrade as given_upgrade,
           session_duration_ms as given_duration,
           is_first_run = 'true' as is_first_run, is_upgrade = 'true' as is_upgrade,
           whole(session_duration_ms) as session_duration_ms
    from with_lines
)
"""

# Read at times: where a column holds all of the field.
_CONDITIONS = {
    "session_uuid": "has_session_uuid",
    "session_id": "not has_session_uuid",
    "source_message_id": "event_id is not distinct from to_text(source_message_id)",
    "event_name": """(case when is_string(given_name) then event_name is not distinct from (given_name ->> '$')
        else given_name is null and event_name is null end)""",
    "is_first_run": "is_first_run is not null",
    "is_upgrade": "is_upgrade is not null",
    "session_duration_ms": "session_duration_ms is not null",
    "product_action": "is_commerce and product_action is not null",
    "promotion_action": "is_commerce and promotion_action is not null",
    "product_impressions": "is_commerce and product_impressions is not null",
}
_GIVEN = {
    "event_id": "given_id",
    "event_name": "given_name",
    "is_first_run": "given_first_run",
    "is_upgrade": "given_upgrade",
    "session_duration_ms": "given_duration",
}


def _given(name: str) -> str:
    return _GIVEN.get(name, name)


_LEFT_OVER = (
    "strlen(data) - 1"
    + "".join(f" - coalesce(strlen({_given(name)}) + {len(name) + 4}, 0)" for name in _ALWAYS_READ)
    + "".join(
        f" - case when {condition} then coalesce(strlen({_given(name)}) + {len(name) + 4}, 0) else 0 end"
        for name, condition in _CONDITIONS.items()
    )
)
_PATCH = (
    quoted("{" + ", ".join(f'"{name}": null' for name in _ALWAYS_READ))
    + "".join(
        " || case when " + condition + " then " + quoted(f', "{name}": null') + " else '' end"
        for name, condition in _CONDITIONS.items()
    )
    + " || '}'"
)
# What is left of impressions stands after all else.
_LEFT_OF_SHOWN = """case
    when is_commerce and list_bool_or(list_transform(shown, lambda item: item.product_impression_list is not null))
    then '"product_impressions":[' || array_to_string(list_transform(shown, lambda item: case
        when item.product_impression_list is null then '{}'
        else '{"product_impression_list":' || item.product_impression_list || '}' end), ',') || ']'
    end"""

DRAFTS = f"""
create or replace temp table drafts as
with {_UNNESTED}, {_FIELDS}, {_COMMERCE_FIELDS}, {_NAMED},
sized as (
    select *, {_LEFT_OVER} as left_over from named
),
told as (
    select *,
           coalesce(own_event_at, own_time) as event_at,
           md5(sorted_event || chr(10) || coalesce(login_identity, mpid::varchar) || chr(10)
               || case when own_event_at is null then coalesce(own_time::varchar, '') else '' end) as content
    from sized
)
select line, source_index::integer as source_index, event_id, event_at, event_type, event_name,
       filled(custom_event_type) as custom_type,
       custom_attributes,
       from_json(custom_attributes, '"MAP(VARCHAR, VARCHAR)"') as attributes,
       {", ".join(f"to_text(sold.{name}) as {name}" for name in ACTION_FIELDS)},
       filled(currency_code) as currency_code,
       filled(screen_name) as screen_name,
       case when sold_products is not null then {_lines("sold_products", PRODUCT_FIELDS)}
           when len(shown_products) > 0 and len(flatten(shown_products)) > 0
               then {_lines("flatten(shown_products)", PRODUCT_FIELDS)} end as products,
       case when promotions_given is not null then {_lines("promotions_given", PROMOTION_FIELDS)} end as promotions,
       filled(case when has_session_uuid then session_uuid else session_id end) as session_id,
       session_duration_ms, is_first_run, is_upgrade,
       case
           when left_over <= 0 and shown is null then null
           when has_session_uuid and shown is null and left_over = strlen(session_id) + {len("session_id") + 4}
               then '{{"session_id":' || session_id || '}}'
           else {object_of(f"case when left_over > 0 then inside(json_merge_patch(data, {_PATCH})) end", _LEFT_OF_SHOWN)}
       end as extra,
       content,
       first_8_bytes(content) as content_digest,
       case when event_type in ('user_attribute_change', 'user_identity_change', 'opt_out', 'uninstall')
               or given_name = '"attribution"' or location is not null then data end as said,
       is_batch_plain and is_event_plain and event_at is not null
           and is_scalar(timestamp_unixtime_ms)
           and (own_event_at is not null or filled(timestamp_unixtime_ms) is null)
           and (custom_attributes is null or is_object(custom_attributes))
           and {" and ".join(f"is_scalar({_given(name)})" for name in _ALWAYS_READ if name != "custom_attributes")}
           and is_truth(given_first_run) and is_truth(given_upgrade)
           and (given_duration is null or session_duration_ms is not null)
           and is_scalar(session_uuid) and is_scalar(session_id)
           and case event_type
               when 'custom_event' then given_name is null or is_string(given_name)
               when 'screen_view' then is_string(screen_name) and screen_name <> '""'
               else true end
           and is_object_or_absent(location)
           and {_COMMERCE_IS_PLAIN} as is_plain
from told
"""
