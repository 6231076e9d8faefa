"""What readers ask of the definitions and of one published generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.audiences.activation import State, connections_of, state_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from transforms.audiences.figures import Figures
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class CatalogueRow:
    """One audience or milestone beside its figures at `as_of`, which are None where it is not calculated."""

    id: str
    name: str
    journey: str | None
    state: State
    figures: Figures | None
    tags: tuple[str, ...]
    outputs: tuple[str, ...]
    owner: str | None
    access: str | None
    workspaces: tuple[str, ...]
    is_shared: bool
    file: str | None

    @property
    def as_of(self) -> datetime | None:
        """The instant of the figures."""
        return self.figures.as_of if self.figures else None


def catalogue(
    definitions: Definitions,
    generation: Generation | None,
    *,
    faulted: Collection[str] = (),
    calculating: Collection[str] = (),
) -> tuple[CatalogueRow, ...]:
    """Every audience in the definitions' order, then those that are stored but no longer defined (`orphaned`).

    Figures are those of the newest stored as_of. `faulted` and `calculating` are audience ids.
    """
    newest = generation.newest if generation else None
    stored = (
        {}
        if generation is None
        else {row.audience_id: row for row in generation.figures if row.as_of == newest}
    )
    rows = [
        _row(definitions, audience, _stored_figures(audience, stored), faulted, calculating)
        for audience in definitions.audiences
    ]
    return (*rows, *_orphans(definitions, generation, stored))


def _stored_figures(audience: Audience, stored: dict[str, Figures]) -> Figures | None:
    """Under its own id, or the one it had when it was calculated last."""
    found = audience.stored_as(stored)
    return None if found is None else stored[found]


def _row(
    definitions: Definitions,
    audience: Audience,
    figures: Figures | None,
    faulted: Collection[str],
    calculating: Collection[str],
) -> CatalogueRow:
    calculated = (audience.id,) if figures else ()
    others = (access for _, access in audience.shared_with)
    return CatalogueRow(
        id=audience.id,
        name=audience.name,
        journey=audience.journey,
        state=state_of(
            definitions, audience, faulted=faulted, calculating=calculating, calculated=calculated
        ),
        figures=figures,
        tags=audience.tags,
        outputs=_outputs(connections_of(definitions, audience.id)),
        owner=audience.owner,
        access=audience.access,
        workspaces=audience.workspaces,
        is_shared=any(access != "private" for access in (audience.access, *others)),
        file=audience.place.file,
    )


def _outputs(connections: Iterable[Connection]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(connection.output for connection in connections))


def _orphans(
    definitions: Definitions, generation: Generation | None, stored: dict[str, Figures]
) -> Iterator[CatalogueRow]:
    names = {audience.id for audience in definitions.audiences}
    names |= {audience.formerly for audience in definitions.audiences if audience.formerly}
    for audience in generation.audiences if generation else ():
        if audience.id not in names:
            yield CatalogueRow(
                id=audience.id,
                name=audience.name,
                journey=audience.journey,
                state="orphaned",
                figures=stored.get(audience.id),
                tags=audience.tags,
                outputs=(),
                owner=audience.owner,
                access=None,
                workspaces=(),
                is_shared=False,
                file=None,
            )
