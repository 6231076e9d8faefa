"""Takes the names out of what an ingest brings into the lake: transforms/seen_names.py says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.contracts import USERS
from transforms.seen_names import (
    LONGEST_NAME,
    MOST_NAMES,
    PLACE,
    SeenNames,
    Topic,
    read_seen_names,
    seen_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import duckdb

# What a value may be read as, cheaply: where a reading fails here it fails in criteria, not the other way round.
_READINGS = """
create temp macro readings(value) as struct_pack(
    "text" := bool_or(value is not null),
    "boolean" := bool_or(lower(value) in ('true', 'false')),
    "number" := bool_or(try_cast(value as double) is not null),
    "date" := bool_or(substr(trim(value), 5, 1) = '-' or try_cast(trim(value) as ubigint) >= 10_000_000_000),
    "version" := bool_or(substr(value, 1, 1) between '0' and '9')
)
"""

_IS_NAME = f"create temp macro is_name(name) as length(name) <= {LONGEST_NAME}"

_NEW_EVENTS = """
create temp view named_events as
select event_type, event_name, attributes, products, promotions
from kept_events
"""

_NEW_USERS = """
create temp view named_users as
select workspace, statement, name, value, elements, is_removed
from staged_users
where file_ordinal not in (select file_ordinal from rejected_files)
"""

_EVENTS = """
select distinct event_type, coalesce(event_name, '')
from named_events
where event_type in ('custom_event', 'screen_view') and is_name(coalesce(event_name, ''))
"""

_PRODUCT_NAMES = """
with lines as (select unnest(products) as line from named_events where products is not null)
select distinct line.{field} from lines where is_name(line.{field})
"""

# The types that a criterion chooses without a name have none here either.
_EVENT_ATTRIBUTES = """
with held as (
    select event_type,
           case when event_type in ('custom_event', 'screen_view', 'commerce_event')
               then coalesce(event_name, '') else '' end as event_name,
           unnest(map_entries(attributes)) as attribute
    from named_events
    where attributes is not null
        and event_type in ('custom_event', 'screen_view', 'commerce_event', 'session_start', 'uninstall', 'crash_report')
)
select readings(attribute.value), false, event_type, event_name, attribute.key
from held
where is_name(event_name) and is_name(attribute.key)
group by event_type, event_name, attribute.key
"""

_LINE_ATTRIBUTES = """
with lines as (
    select unnest({lines}) as line from named_events where {lines} is not null
),
held as (
    select unnest(map_entries(line.attributes)) as attribute from lines where line.attributes is not null
)
select readings(attribute.value), false, attribute.key
from held
where is_name(attribute.key)
group by attribute.key
"""

_USER_ATTRIBUTES = """
select readings(value), bool_or(elements is not null), workspace, name
from named_users
where statement = 'attribute' and not is_removed and is_name(name)
group by workspace, name
"""

_NAMES: tuple[tuple[Topic, str], ...] = (
    ("events", _EVENTS),
    ("products", _PRODUCT_NAMES.format(field="name")),
    ("brands", _PRODUCT_NAMES.format(field="brand")),
    ("categories", _PRODUCT_NAMES.format(field="category")),
)
_ATTRIBUTES: tuple[tuple[Topic, str], ...] = (
    ("event_attributes", _EVENT_ATTRIBUTES),
    ("product_attributes", _LINE_ATTRIBUTES.format(lines="products")),
    ("promotion_attributes", _LINE_ATTRIBUTES.format(lines="promotions")),
    ("user_attributes", _USER_ATTRIBUTES),
)


def write_names(
    connection: duckdb.DuckDBPyConnection,
    data: Path,
    new_file: Callable[[str], Path],
    user_parts: Iterable[Path],
) -> None:
    """Add the names of what this ingest keeps, from the tables of the merge, to those that were seen before.

    Where the lake has no file of names yet, or one that can't be read, they are taken from all of it: its events
    are the view `lake_ids`, its statements lie in `user_parts`.
    """
    connection.execute(_READINGS)
    connection.execute(_IS_NAME)
    connection.execute(_NEW_EVENTS)
    connection.execute(_NEW_USERS)
    before = read_seen_names(data)
    now = _names(connection)
    if before is None:
        _look_at_lake(connection, [str(path) for path in user_parts])
        now = now.joined(_names(connection))
    text = now.joined(before or SeenNames()).text()
    if before is None or text != before.text():
        new_file(PLACE).write_text(text, "utf-8")


def _look_at_lake(connection: duckdb.DuckDBPyConnection, user_parts: list[str]) -> None:
    connection.execute("drop view named_events")
    connection.execute("drop view named_users")
    connection.table("lake_ids").create_view("named_events")
    if user_parts:
        connection.read_parquet(user_parts, hive_partitioning=False).create_view("named_users")
    else:
        connection.from_arrow(USERS.empty_table()).create_view("named_users")


def _names(connection: duckdb.DuckDBPyConnection) -> SeenNames:
    found: dict[Topic, list[tuple[tuple[str, ...], list[str]]]] = {}
    for topic, query in _NAMES:
        found[topic] = [(row, []) for row in connection.execute(query).fetchmany(MOST_NAMES + 1)]
    for topic, query in _ATTRIBUTES:
        rows = connection.execute(query).fetchmany(MOST_NAMES + 1)
        found[topic] = [
            (tuple(name), [word for word, is_one in {**readings, "list": is_list}.items() if is_one])
            for readings, is_list, *name in rows
        ]
    return seen_names(found)
