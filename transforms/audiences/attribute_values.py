"""Attributes of members at the newest as_of: calculated ones and, where there is none of the name, user attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.audiences.stored import stored_as_of
from transforms.engine import calculator
from transforms.errors import failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from transforms.audiences.generations import Generation

#: A text, or a list of texts.
AttributeValue = str | tuple[str | None, ...]

_FETCHED = 50_000
# hive_partitioning is off: the folder's name would hide the column as_of.
_MEMBER = """
create table valued_member as
select mpid from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($variant is null or variant = $variant)
order by mpid
limit $limit
"""
_VALUES = """
create table member_value as
with wanted as (
    select unnest($names) as name
),
said as (
    select
        mpid, wanted.name,
        arg_max(struct_pack(value := value, elements := elements), (said_at, workspace)) as newest
    from read_parquet($attributes) as known semi join valued_member using (mpid)
    join wanted on known.attribute_key = lower(wanted.name)
    where (value is not null or elements is not null) and not list_contains($calculated_ids, lower(wanted.name))
    group by mpid, wanted.name
)
select mpid, wanted.name, value, elements, list_contains($numbers, lower(wanted.name)) as is_number
from read_parquet($calculated) as known semi join valued_member using (mpid)
join wanted on known.attribute_id = lower(wanted.name)
union all
select mpid, name, newest.value, newest.elements, false from said
"""
_MEMBER_VALUES = """
select mpid, list(struct_pack(name := name, value := value, elements := elements)) filter (name is not null)
from valued_member left join member_value using (mpid)
group by mpid
order by mpid
"""


def tabulate_values(
    connection: duckdb.DuckDBPyConnection, generation: Generation, names: tuple[str, ...]
) -> None:
    """Make the table `member_value` (mpid, name, value, elements, is_number) of those in `valued_member`: their values of
    the named attributes at the newest as_of, a text or a list of texts.

    A calculated attribute wins over a user attribute of its name (spec §4.6, §10); of a user attribute it is the
    newest value over all workspaces. Names match whatever their case, and are given as they are asked for. What a member
    has no value of is left out. A failure (exit status 1) where a name is that of a calculated attribute which was not
    calculated.
    """
    described = {attribute.id: attribute for attribute in generation.attribute_definitions}
    for name in names:
        attribute = described.get(name.lower())
        if attribute is not None and not attribute.is_calculated:
            raise failure(
                "attribute-not-calculated",
                f"the calculated attribute `{attribute.id}` was not calculated: no calculated audience names it",
                hint="`milepost run --all` calculates everything",
            )
    connection.execute(
        _VALUES,
        {
            "calculated": str(generation.calculated_attributes_file),
            "attributes": str(generation.attributes_file),
            "names": list(names),
            "calculated_ids": list(described),
            "numbers": [one.id for one in described.values() if one.gives == "number"],
        },
    )


def member_values(
    generation: Generation,
    audience_id: str,
    names: tuple[str, ...],
    spill: Path,
    *,
    variant: str | None = None,
    limit: int | None = None,
) -> Iterator[tuple[int, dict[str, AttributeValue]]]:
    """The members at the newest as_of, sorted by mpid, each with its values of the named attributes, as
    `tabulate_values` finds them.
    """
    _, newest = stored_as_of(generation, None)
    with calculator(spill) as connection:
        connection.execute(
            _MEMBER,
            {
                "members": str(generation.members_file(newest)),
                "audience": audience_id,
                "variant": variant,
                "limit": limit,
            },
        )
        tabulate_values(connection, generation, names)
        result = connection.execute(_MEMBER_VALUES)
        while found := result.fetchmany(_FETCHED):
            for mpid, known in found:
                yield mpid, {one["name"]: _value(one) for one in known or ()}


def _value(known: dict) -> AttributeValue:
    return known["value"] if known["elements"] is None else tuple(known["elements"])
