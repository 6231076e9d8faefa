"""What a run made, as rows to show: audiences first, then each journey's tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.audiences.activation import state_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.activation import State
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class Row:
    """An audience or a milestone at one as_of. `depth` is 0 for an audience, else the milestone's level."""

    audience: str
    name: str
    depth: int
    size: int
    adds: int | None
    drops: int | None
    volatility: float | None
    state: State


def summary(
    definitions: Definitions, generation: Generation, as_of: datetime, faulted: Collection[str] = ()
) -> tuple[Row, ...]:
    """Everything calculated at `as_of`, in the order of the definitions; a parent before its children.

    `faulted`: the audiences that a connection could not deliver.
    """
    figures = {found.audience_id: found for found in generation.figures if found.as_of == as_of}
    levels: dict[str, int] = {}
    rows = []
    for audience in _in_order(definitions):
        levels[audience.id] = _depth(audience, levels)
        found = figures.get(audience.id)
        if found is None:
            continue
        rows.append(
            Row(
                audience=audience.id,
                name=audience.name,
                depth=levels[audience.id],
                size=found.size,
                adds=found.adds,
                drops=found.drops,
                volatility=found.volatility,
                state=state_of(definitions, audience, faulted=faulted, calculated=figures),
            )
        )
    return tuple(rows)


def exported_files(exports: Path) -> tuple[Path, ...]:
    """The files below the folder of exports, sorted; nothing that is not finished."""
    if not exports.is_dir():
        return ()
    return tuple(
        sorted(path for path in exports.rglob("*") if path.is_file() and not path.name.startswith("."))
    )


def _in_order(definitions: Definitions) -> tuple[Audience, ...]:
    plain = tuple(audience for audience in definitions.audiences if audience.journey is None)
    milestones = tuple(
        definitions.audience(milestone)
        for journey in definitions.journeys
        for milestone in journey.milestones
    )
    return plain + milestones


def _depth(audience: Audience, levels: dict[str, int]) -> int:
    if audience.journey is None:
        return 0
    return 1 if audience.parent is None else levels[audience.parent] + 1
