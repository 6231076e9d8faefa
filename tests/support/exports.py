"""A project with one connection to a partner, its membership published and delivered into a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from exports.build import write_whole
from exports.connections import deliver_connection
from exports.ledger.received import open_received
from exports.partners.checks import check_outputs
from exports.prepare import MEMORY
from exports.turn import Turn
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import dispatch
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.engine import calculator
from transforms.errors import FAILED, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from exports.manifest import Counts, ExportManifest
    from exports.request import ExportRequest
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import OutputColumn
    from transforms.definitions.records import Definitions

Identities = set[tuple[int, str, str]]


@dataclass(frozen=True)
class Delivered:
    """What lies in the folder of the connection, by name, and the manifests in the order of the files."""

    folder: Path
    manifests: tuple[ExportManifest, ...]

    @property
    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def path(self, kind: str = "") -> Path:
        """The file of a kind."""
        [manifest] = [
            each
            for each in self.manifests
            if not kind or Path(each.file_name).stem.split(".")[0].endswith(kind)
        ]
        return self.folder / manifest.file_name

    def text(self, kind: str = "") -> str:
        return self.path(kind).read_bytes().decode()

    def requests(self, kind: str = "") -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path(kind).read_bytes().splitlines()]

    def table(self, kind: str = "") -> pl.DataFrame:
        return pl.read_parquet(self.path(kind))


@dataclass(frozen=True)
class Export:
    """What is delivered, with named defaults."""

    partner: str
    identities: Identities
    options: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, OutputColumn] = field(default_factory=dict)
    region: str | None = "US"
    types: tuple[str, ...] | None = None
    audience_name: str = "lapsed"
    #: What is known of members, what is calculated of them, and what of it is sent.
    known: tuple[tuple[int, str, str], ...] = ()
    calculated: Mapping[str, Mapping[int, str | list[str]]] = field(default_factory=dict)
    sends: tuple[str, ...] = ()

    def published(self, folder: Path, also: Set[int] = frozenset()) -> tuple[Definitions, Generation]:
        """The project, and everybody who has an identity as members, and `also` others."""
        members = {mpid for mpid, _, _ in self.identities} | also
        lapsed = replace(audience("lapsed"), external_name=self.audience_name)
        known = definitions(
            lapsed,
            connections=(connection("c", "lapsed", identities=self.types, user_attributes=self.sends),),
            default_region=self.region,
        )
        [output] = known.outputs
        output = replace(
            output,
            partner=self.partner,
            options=tuple(self.options.items()),
            columns=tuple(self.columns.items()),
        )
        known = replace(known, outputs=(output,))
        assert not check_outputs(known)
        generation = publish(
            open_store(folder / "published"),
            publication(
                members={"lapsed": members},
                identities=self.identities,
                attributes=self.known,
                calculated=self.calculated,
            ),
        )
        return known, generation

    def rehearse(self, folder: Path) -> tuple[dict[str, str], ...]:
        """The first rows of the first file, as a rehearsal shows them."""
        known, generation = self.published(folder)
        turn = Turn(known, known.connections[0], "lapsed", generation, AS_OF, dispatch(folder))
        prepared, _ = turn.rehearse()
        return prepared.shown[0]

    def deliver(self, folder: Path, also: Set[int] = frozenset()) -> Delivered:
        """Deliver it."""
        known, generation = self.published(folder, also)
        outcome = deliver_connection(known, known.connections[0], generation, AS_OF, dispatch(folder))
        problems = [problem for one in outcome.audiences for problem in one.problems]
        if problems:
            raise UserError(*problems, exit_status=FAILED)
        return Delivered(folder / "exports" / "c", outcome.files)


def write_export(generation: Generation, request: ExportRequest, path: Path) -> Counts:
    """Write the file of `request` with all members, for a partner that has received nothing."""
    with calculator(path.with_name(f"{path.name}.spill"), memory=MEMORY) as connection:
        open_received(connection, path.parent, None)
        return write_whole(connection, generation, request, path, keeps_rows=False).counts
