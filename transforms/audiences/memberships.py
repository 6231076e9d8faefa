"""Stored memberships: one folder an as_of, with its members and what was calculated for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.definitions.records import AbTest
from transforms.instants import compact, from_compact

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import Any

MEMBERS = "members.parquet"
CALCULATED = "calculated.json"
MODELS = "models.json"
#: A folder with an empty members file, in every generation: `memberships/*/members.parquet` always matches.
EMPTY = "as_of=none"
_PREFIX = "as_of="


@dataclass(frozen=True)
class CalculatedAudience:
    """An audience whose real members were computed at an as_of; it may have none.

    `definition_hash` tells by which definition. `test` is the A/B test that chose the variants of its members.
    `formerly` is the id under which older memberships of it are stored (spec §3). `attributes` are the calculated
    attributes that its criteria name, each with the hash of its definition.
    """

    id: str
    definition_hash: str
    test: AbTest | None = None
    formerly: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


def folder_name(as_of: datetime) -> str:
    """`as_of=20180101T000000Z`."""
    return _PREFIX + compact(as_of)


def as_of_of(folder: Path) -> datetime | None:
    """The as_of of a folder of memberships, None for the empty one."""
    return None if folder.name == EMPTY else from_compact(folder.name.removeprefix(_PREFIX))


def read_calculated(folder: Path) -> tuple[CalculatedAudience, ...]:
    """What was calculated, sorted by id."""
    listed = json.loads((folder / CALCULATED).read_text(encoding="utf-8"))
    return tuple(map(calculated_audience, listed))


def calculated_audience(entry: dict[str, Any]) -> CalculatedAudience:
    """The audience of which `entry` is the `asdict`, once that was JSON.

    An earlier version kept whether there was a test and not which, and no attributes: there are none to be told then.
    """
    test = entry.get("test")
    return CalculatedAudience(
        id=entry["id"],
        definition_hash=entry["definition_hash"],
        test=None
        if test is None
        else AbTest(test["name"], tuple((name, share) for name, share in test["variants"])),
        formerly=entry.get("formerly"),
        attributes=tuple((name, hashed) for name, hashed in entry.get("attributes", ())),
    )
