"""What was seen in the lake: all that criteria can name, with counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.engine import calculator

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

#: Values are told of attributes with at most this many distinct ones: those are categories, not people's data.
FEW_VALUES = 20

_EVENTS = """
select event_type, event_name, custom_type, input as source, count(*),
    count(distinct mpid), min(event_at), max(event_at)
from read_parquet($events, hive_partitioning = false)
group by all
order by event_type, event_name nulls first, custom_type nulls first, source
"""

# A value's type is that of the whole column: one text among numbers makes it text. The spellings are those of
# spec §4.2. Values are told only where each is held by at least two users.
_EVENT_ATTRIBUTES = """
with held as (
    select event_type, event_name, mpid, unnest(map_entries(attributes)) as attribute
    from read_parquet($events, hive_partitioning = false)
    where attributes is not null
),
counted as (
    select event_type, event_name, attribute.key as attribute, attribute.value as value,
        count(*) as occurrences, count(distinct mpid) as users
    from held
    group by all
)
select event_type, event_name, attribute, sum(occurrences)::bigint, count(value),
    bool_and(regexp_full_match(value, '[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]')),
    bool_and(regexp_full_match(value, '\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*')),
    bool_and(regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?')),
    case when count(value) <= $few
        then list(value order by occurrences desc, value) filter (where users > 1 and value is not null)
    end
from counted
group by all
order by event_type, event_name nulls first, attribute
"""

_USER_ATTRIBUTES = """
with newest as (
    select mpid, workspace, lower(name) as attribute_key, arg_max(name, said_at) as name,
        arg_max(struct_pack(value := value, elements := elements), said_at) as written
    from read_parquet($users, hive_partitioning = false)
    where statement = 'attribute' and not is_removed
    group by mpid, workspace, attribute_key
),
held as (
    select workspace, attribute_key, name, mpid, written.elements is not null as is_list,
        unnest(coalesce(written.elements, [written.value])) as value
    from newest
),
counted as (
    select workspace, attribute_key, max(name) as name, bool_or(is_list) as is_list, value,
        count(distinct mpid) as users
    from held
    group by workspace, attribute_key, value
),
holders as (
    select workspace, attribute_key, count(*) as users from newest group by workspace, attribute_key
)
select workspace, max(name), any_value(holders.users), count(value), bool_or(is_list),
    bool_and(regexp_full_match(value, '[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]')),
    bool_and(regexp_full_match(value, '\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*')),
    bool_and(regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?')),
    case when count(value) <= $few
        then list(value order by counted.users desc, value)
            filter (where counted.users > 1 and value is not null)
    end
from counted join holders using (workspace, attribute_key)
group by workspace, attribute_key
order by workspace, attribute_key
"""

_IDENTITIES = """
select name, count(distinct mpid), count(distinct value)
from read_parquet($users, hive_partitioning = false)
where statement = 'identity' and not is_removed
group by name
order by name
"""


@dataclass(frozen=True)
class SeenAttribute:
    """An attribute of an event, or of users of a workspace (`event_type` None).

    `count` is of events, or of users. `kind`: text, number, boolean, date, list, tag. `values`: the commonest
    first, of those that at least two users have, and only where there are few; None where they are many.
    """

    workspace: str | None
    event_type: str | None
    event_name: str | None
    name: str
    kind: str
    count: int
    distinct_values: int
    values: tuple[str, ...] | None


@dataclass(frozen=True)
class SeenEvent:
    """Events of one type and name (null where the type has none) from one input."""

    event_type: str
    event_name: str | None
    custom_type: str | None
    source: str
    count: int
    users: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class SeenIdentity:
    """An identity type, the users that ever had one, and how many values there are."""

    identity_type: str
    users: int
    values: int


@dataclass(frozen=True)
class Seen:
    """All that was ingested, of every environment."""

    events: tuple[SeenEvent, ...]
    event_attributes: tuple[SeenAttribute, ...]
    user_attributes: tuple[SeenAttribute, ...]
    identities: tuple[SeenIdentity, ...]


def seen_in(lake: Path, spill: Path) -> Seen:
    """What the lake holds; nothing where there is no lake yet."""
    if not any(lake.glob("events/*/*.parquet")) or not any(lake.glob("users/*/*.parquet")):
        return Seen((), (), (), ())
    events = {"events": str(lake / "events/*/*.parquet")}
    users = {"users": str(lake / "users/*/*.parquet")}
    few = {"few": FEW_VALUES}
    with calculator(spill) as connection:
        return Seen(
            events=tuple(SeenEvent(*row) for row in connection.execute(_EVENTS, events).fetchall()),
            event_attributes=tuple(
                _event_attribute(*row)
                for row in connection.execute(_EVENT_ATTRIBUTES, {**events, **few}).fetchall()
            ),
            user_attributes=tuple(
                _user_attribute(*row)
                for row in connection.execute(_USER_ATTRIBUTES, {**users, **few}).fetchall()
            ),
            identities=tuple(SeenIdentity(*row) for row in connection.execute(_IDENTITIES, users).fetchall()),
        )


def _event_attribute(
    event_type: str,
    event_name: str | None,
    name: str,
    count: int,
    distinct: int,
    booleans: bool | None,
    numbers: bool | None,
    dates: bool | None,
    values: list[str] | None,
) -> SeenAttribute:
    kind = _kind(False, distinct, booleans, numbers, dates)
    return SeenAttribute(None, event_type, event_name, name, kind, count, distinct, _values(values))


def _user_attribute(
    workspace: str,
    name: str,
    count: int,
    distinct: int,
    is_list: bool,
    booleans: bool | None,
    numbers: bool | None,
    dates: bool | None,
    values: list[str] | None,
) -> SeenAttribute:
    kind = _kind(is_list, distinct, booleans, numbers, dates)
    return SeenAttribute(workspace, None, None, name, kind, count, distinct, _values(values))


def _kind(is_list: bool, values: int, booleans: bool | None, numbers: bool | None, dates: bool | None) -> str:
    if is_list:
        return "list"
    if not values:
        return "tag"
    return "boolean" if booleans else "number" if numbers else "date" if dates else "text"


def _values(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)
