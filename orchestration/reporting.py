"""Gathers what is defined, published, estimated and delivered, and writes the pages of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.ledger.ledger import Ledger
from exports.report.records import AudienceReport, Delivery, JourneyReport, Lineage, Report, Written
from exports.report.write import write_pages
from orchestration.authorship import authorship
from orchestration.clock import now
from orchestration.definition_hashes import redefined_since
from orchestration.reported_estimates import estimates
from orchestration.reported_figures import published_figures
from orchestration.watching import findings
from transforms.audiences.activation import active_count, connections_of, needed_by
from transforms.audiences.catalogue import catalogue
from transforms.audiences.estimates import RealSize
from transforms.audiences.generations import open_store
from transforms.audiences.words import definition_lines, path_lines, without_identities
from transforms.compiler.models import custom_path, model_body, model_path
from transforms.criteria.language import calculated_attributes, named_lists, named_models
from transforms.definitions.excerpt import audience_excerpt, milestone_excerpts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from exports.ledger.records import ReceivedConnection
    from orchestration.authorship import Authorship
    from orchestration.reported_estimates import Estimates
    from orchestration.reported_figures import PublishedFigures
    from orchestration.settings import Settings
    from transforms.audiences.catalogue import CatalogueRow
    from transforms.audiences.watching import Finding
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions
    from transforms.errors import Problem


@dataclass(frozen=True)
class ReportSummary:
    """What was written: the page to open first, how many pages, and the as_of of their figures."""

    index: Path
    pages: int
    audiences: int
    journeys: int
    as_of: datetime | None


def write_report(
    settings: Settings,
    definitions: Definitions,
    folder: Path,
    say: Callable[[str], None],
    unconfigured: Iterable[Problem] = (),
) -> ReportSummary:
    """Write the pages of everything that is defined or stored into `folder`; what is there of an earlier one goes.

    `unconfigured`: why audiences can't be estimated (load_estimable). `say` is told what takes long.
    """
    report = gather(settings, definitions, say, unconfigured)
    pages = write_pages(report, folder)
    return ReportSummary(
        folder / "index.html", pages, len(report.audiences), len(report.journeys), report.as_of
    )


def gather(
    settings: Settings,
    definitions: Definitions,
    say: Callable[[str], None],
    unconfigured: Iterable[Problem] = (),
) -> Report:
    """Everything that the pages show. All figures are of one generation."""
    generation = open_store(settings.published).current()
    looks = findings(settings, definitions)
    faulted = {finding.audience_id for finding in looks if finding.subject == "faulted"}
    rows = catalogue(definitions, generation, faulted=faulted)
    calculated = {row.id: RealSize(row.figures.size, row.figures.as_of) for row in rows if row.figures}
    as_of = None if generation is None else generation.newest
    estimated = estimates(settings, definitions, generation, calculated, unconfigured, say)
    gathered = _Gathered(
        settings=settings,
        definitions=definitions,
        figures=published_figures(definitions, generation, rows, settings.data / ".spill"),
        estimates=estimated,
        calculated=calculated,
        looks=_by_audience(looks),
        changed=redefined_since(settings, definitions, generation, as_of),
        authors=authorship(settings.project, tuple({row.file for row in rows if row.file})),
        readers=_readers(definitions),
        received={one.id: Ledger(settings.connection_ledger).read(one.id) for one in definitions.connections},
        yaml=_yaml(settings, definitions),
    )
    return Report(
        project=definitions.project.name,
        made_at=now(),
        as_of=as_of,
        estimated_at=estimated.instant,
        users=estimated.users,
        sampled=estimated.sampled,
        active=active_count(definitions),
        audiences=tuple(gathered.audience(row) for row in rows),
        journeys=tuple(
            JourneyReport(
                id=journey.id,
                name=journey.name,
                file=journey.place.file,
                inputs=journey.inputs,
                tags=journey.tags,
                owner=journey.owner,
                milestones=journey.milestones,
                population=estimated.populations.get(journey.id),
            )
            for journey in definitions.journeys
        ),
    )


def _by_audience(looks: Iterable[Finding]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in looks:
        found.setdefault(one.audience_id, []).append((one.subject, one.text))
    return found


def _readers(definitions: Definitions) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for audience in definitions.audiences:
        for needed in needed_by(audience):
            found.setdefault(needed, []).append(audience.id)
    return found


def _yaml(settings: Settings, definitions: Definitions) -> dict[str, str]:
    """What writes each audience, identities hidden."""
    found: dict[str, str] = {}
    of_journeys: dict[str, dict[str, str]] = {}
    for audience in definitions.audiences:
        file = audience.place.file
        if audience.milestone is None:
            found[audience.id] = audience_excerpt(_text(settings, file))
        else:
            if file not in of_journeys:
                of_journeys[file] = milestone_excerpts(_text(settings, file))
            found[audience.id] = of_journeys[file][audience.milestone]
    return found


def _text(settings: Settings, file: str) -> str:
    return (settings.project / file).read_text(encoding="utf-8-sig")


@dataclass(frozen=True)
class _Gathered:
    """Everything by audience, so that thousands of them are put together without a search for each."""

    settings: Settings
    definitions: Definitions
    figures: PublishedFigures
    estimates: Estimates
    calculated: Mapping[str, RealSize]
    looks: Mapping[str, list[tuple[str, str]]]
    changed: Mapping[str, tuple[str, ...]]
    authors: Mapping[str, Authorship]
    readers: Mapping[str, list[str]]
    received: Mapping[str, ReceivedConnection]
    yaml: Mapping[str, str]

    def audience(self, row: CatalogueRow) -> AudienceReport:
        """One audience with all that is known of it; of an orphan its figures alone."""
        days, looks = self.figures.days.get(row.id, ()), tuple(self.looks.get(row.id, ()))
        size = self.calculated.get(row.id)
        if row.file is None:
            return AudienceReport(row, size, days, looks=looks)
        audience = self.definitions.audience(row.id)
        author = self.authors.get(row.file)
        estimated = self.estimates.audiences.get(row.id)
        return AudienceReport(
            row=row,
            size=size or (self.estimates.problem if estimated is None else estimated.size),
            days=days,
            redefined=self.changed.get(row.id, ()),
            looks=looks,
            external_name=audience.external_name,
            shared_with=audience.shared_with,
            lookback=audience.lookback.text if audience.lookback else "unlimited",
            updated_at=author.updated_at if author else None,
            created_by=author.created_by if author else None,
            written=self._written(audience),
            variants=self.figures.variants.get(row.id, ()),
            read_out=self.figures.read_outs.get(row.id),
            shared=(*self.estimates.siblings.get(row.id, ()), *self.figures.shared.get(row.id, ())),
            deliveries=tuple(self._delivery(one, row.id) for one in connections_of(self.definitions, row.id)),
            lineage=self._lineage(audience),
            parent=audience.parent,
            is_remaining=audience.is_remaining,
        )

    def _written(self, audience: Audience) -> Written:
        shown = without_identities(audience)
        ejected = custom_path(audience.id)
        estimated = self.estimates.audiences.get(audience.id)
        is_ejected = (self.settings.project / ejected).exists()
        return Written(
            file=audience.place.file,
            line=audience.place.line,
            yaml=self.yaml[audience.id],
            words=tuple(definition_lines(self.definitions, shown)),
            path=tuple(path_lines(audience)),
            sql="" if is_ejected else self._sql(audience, shown),
            sql_file=ejected if is_ejected else model_path(audience),
            criteria=None if estimated is None else estimated.criteria,
        )

    def _sql(self, audience: Audience, shown: Audience) -> str:
        """The generated file where it hides nothing and is there; making 2,000 anew takes 14 s."""
        generated = self.settings.project / model_path(audience)
        if shown == audience and generated.exists():
            return generated.read_text(encoding="utf-8")
        return model_body(shown, self.definitions.project, has_rollups=True)

    def _delivery(self, connection: Connection, audience_id: str) -> Delivery:
        received = self.received[connection.id].audience(audience_id, connection.variant)
        output = self.definitions.output(connection.output)
        return Delivery(
            connection_id=connection.id,
            output_id=connection.output,
            partner=output.partner,
            variant=connection.variant,
            is_active=connection.is_active,
            mode=connection.mode,
            schedule=connection.schedule,
            as_of=received.as_of,
            accepted=sum(file.accepted for file in received.files),
            rejected=sum(file.rejected for file in received.files),
            at_work=len(received.jobs),
            fault=received.fault,
        )

    def _lineage(self, audience: Audience) -> Lineage:
        criteria = audience.criteria
        attributes = calculated_attributes(criteria) if criteria else ()
        lists = named_lists(criteria) if criteria else ()
        models = named_models(criteria) if criteria else ()
        return Lineage(
            inputs=audience.inputs,
            audiences=needed_by(audience),
            attributes=tuple(dict.fromkeys(one.attribute for one in attributes)),
            lists=tuple(dict.fromkeys(one.name for one in lists)),
            models=tuple(dict.fromkeys(one.name for one in models)),
            read_by=tuple(self.readers.get(audience.id, ())),
        )
