"""What is known of one user at the newest as_of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.engine import calculator

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.generations import Generation

_PROFILES = """
select workspace, first_seen, last_seen, first_active, last_active
from read_parquet($profiles) where mpid = $mpid order by workspace
"""
_ATTRIBUTES = """
select workspace, attribute_name, value, elements
from read_parquet($attributes) where mpid = $mpid order by workspace, attribute_key
"""
_CALCULATED = """
select attribute_id, value, elements from read_parquet($calculated) where mpid = $mpid order by attribute_id
"""
_IDENTITIES = """
select identity_type, identity_value
from read_parquet($identities) where mpid = $mpid order by identity_type, identity_value
"""
_HOLDERS = """
select distinct mpid from read_parquet($identities)
where identity_type = $type and identity_value = $value order by mpid
"""
_AUDIENCES = """
select audience_id, variant from read_parquet($members, hive_partitioning = false)
where mpid = $mpid order by audience_id
"""
_HIDDEN = "***"


@dataclass(frozen=True)
class KnownProfile:
    """When a user was seen in one workspace."""

    workspace: str
    first_seen: datetime | None
    last_seen: datetime | None
    first_active: datetime | None
    last_active: datetime | None


@dataclass(frozen=True)
class KnownAttribute:
    """A user attribute: a text, a list, or (both None) a tag."""

    workspace: str
    name: str
    value: str | None
    elements: tuple[str | None, ...] | None


@dataclass(frozen=True)
class KnownCalculated:
    """A calculated attribute: a text or a list."""

    id: str
    value: str | None
    elements: tuple[str, ...] | None


@dataclass(frozen=True)
class KnownUser:
    """A user at the newest as_of: profiles by workspace, identities of every workspace, calculated attributes, and
    memberships.
    """

    mpid: int
    profiles: tuple[KnownProfile, ...]
    attributes: tuple[KnownAttribute, ...]
    calculated: tuple[KnownCalculated, ...]
    identities: tuple[tuple[str, str], ...]
    audiences: tuple[tuple[str, str | None], ...]

    @property
    def is_known(self) -> bool:
        """Whether anything was ever said of this mpid."""
        return bool(self.profiles or self.identities)


def known_user(generation: Generation, as_of: datetime, mpid: int, spill: Path) -> KnownUser:
    """What is published of an mpid; empty where it is unknown."""
    with calculator(spill) as connection:

        def rows(query: str, **files: str) -> list[tuple]:
            return connection.execute(query, {"mpid": mpid, **files}).fetchall()

        attributes = rows(_ATTRIBUTES, attributes=str(generation.attributes_file))
        return KnownUser(
            mpid=mpid,
            profiles=tuple(
                KnownProfile(*row) for row in rows(_PROFILES, profiles=str(generation.profiles_file))
            ),
            attributes=tuple(
                KnownAttribute(workspace, name, value, None if elements is None else tuple(elements))
                for workspace, name, value, elements in attributes
            ),
            calculated=tuple(
                KnownCalculated(attribute_id, value, None if elements is None else tuple(elements))
                for attribute_id, value, elements in rows(
                    _CALCULATED, calculated=str(generation.calculated_attributes_file)
                )
            ),
            identities=tuple(rows(_IDENTITIES, identities=str(generation.identities_file))),
            audiences=tuple(rows(_AUDIENCES, members=str(generation.members_file(as_of)))),
        )


def holders(generation: Generation, identity_type: str, value: str, spill: Path) -> tuple[int, ...]:
    """The mpids that have exactly this identity, sorted."""
    values = {"identities": str(generation.identities_file), "type": identity_type, "value": value}
    with calculator(spill) as connection:
        return tuple(mpid for (mpid,) in connection.execute(_HOLDERS, values).fetchall())


def masked(value: str) -> str:
    """A value of which at most the first character is told, and that only of longer ones."""
    return value[0] + _HIDDEN if len(value) > 4 else _HIDDEN
