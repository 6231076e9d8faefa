"""The project folder as records: read, resolve, check. The entrance of this package."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from transforms.criteria.language import named_models
from transforms.definitions import audiences as keys
from transforms.definitions import connections as connection_keys
from transforms.definitions.attributes import WrittenAttribute, read_attribute, resolve_attribute
from transforms.definitions.audiences import WrittenAudience, read_audience
from transforms.definitions.connecting import connectable
from transforms.definitions.connections import WrittenConnections, read_connections
from transforms.definitions.dbt_models import read_dbt_models
from transforms.definitions.files import Document, read_folder, read_project_file
from transforms.definitions.journeys import WrittenJourney, read_journey
from transforms.definitions.known import Known
from transforms.definitions.list_files import read_lists
from transforms.definitions.project import read_project
from transforms.definitions.records import Definitions
from transforms.definitions.resolve import (
    default_lookbacks,
    resolve_audience,
    resolve_connection,
    resolve_journey,
    resolve_output,
)
from transforms.definitions.rules import RULES
from transforms.definitions.rules.whole import Whole
from transforms.documents.report import Report
from transforms.errors import InternalError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.records import Audience, Output, Project
    from transforms.documents.nodes import Node
    from transforms.seen_names import SeenNames

W = TypeVar("W")

#: The partners that an output can name unless the caller says others: transforms knows none itself.
PARTNERS = ("meta_csv",)


@dataclass(frozen=True)
class Checked:
    """What was found in a project folder: every problem by file and line, and the definitions if none stops."""

    definitions: Definitions | None
    problems: tuple[Problem, ...]


def load_definitions(folder: Path, partners: tuple[str, ...] = PARTNERS) -> Definitions:
    """The definitions of a project folder. Raises UserError with all errors at once; warnings are in the result."""
    report = Report()
    definitions = _load(folder, partners, report)
    report.raise_errors()
    if definitions is None:
        raise InternalError("a project that can't be read without a problem")
    return definitions


def check_definitions(
    folder: Path, partners: tuple[str, ...] = PARTNERS, seen: SeenNames | None = None
) -> Checked:
    """The definitions of a project folder with every problem, errors and warnings, sorted by file and line.

    With `seen`, names that were never seen in the lake are warned of.
    """
    report = Report()
    definitions = _load(folder, partners, report, seen)
    problems = _sorted(report.problems)
    return Checked(None if report.errors else definitions, problems)


def _load(
    folder: Path, partners: tuple[str, ...], report: Report, seen: SeenNames | None = None
) -> Definitions | None:
    project_file = read_project_file(folder, report)
    project = read_project(project_file.tree, report) if project_file.tree is not None else None
    if project is None and not folder.is_dir():
        return None
    known = Known()
    audiences = _read_all(read_folder(folder, "audiences", report), read_audience, "audience", known, report)
    journeys = _read_all(read_folder(folder, "journeys", report), read_journey, "journey", known, report)
    before = len(report.errors)
    connections = _read_all(read_folder(folder, "connections", report), read_connections, "", Known(), report)
    known.outputs_are_missing = len(report.errors) > before
    known_attributes = Known()
    files = read_folder(folder, "attributes", report)
    attributes = _read_all(files, read_attribute, "attribute", known_attributes, report)
    if project is None:
        return None
    whole = _resolved(
        project, audiences, journeys, connections, partners, known, attributes, known_attributes, report
    )
    whole = replace(whole, lists=read_lists(folder, report), models=_models(folder, whole), seen=seen)
    for rule in RULES:
        rule.run(whole, report)
    return Definitions(
        project=project,
        audiences=whole.audiences,
        journeys=whole.journeys,
        outputs=whole.outputs,
        connections=whole.connections,
        warnings=_sorted(report.warnings),
        attributes=whole.attributes,
    )


def _read_all(
    documents: tuple[Document, ...],
    read: Callable[[Node, Report], W | None],
    key: str,
    known: Known,
    report: Report,
) -> tuple[W, ...]:
    """What the files say; of a file with errors the ids that it may define go to `known`."""
    found: list[W] = []
    for document in documents:
        before = len(report.errors)
        written = read(document.tree, report) if document.tree is not None else None
        if written is not None:
            found.append(written)
        if document.tree is None or len(report.errors) > before:
            known.claim(document.file, document.tree, key)
    return tuple(found)


def _resolved(
    project: Project,
    written: tuple[WrittenAudience, ...],
    written_journeys: tuple[WrittenJourney, ...],
    files: tuple[WrittenConnections, ...],
    partners: tuple[str, ...],
    known: Known,
    written_attributes: tuple[WrittenAttribute, ...],
    known_attributes: Known,
    report: Report,
) -> Whole:
    audiences: list[Audience] = [resolve_audience(audience, project, report) for audience in written]
    default_lookback = {audience.id for audience in written if not audience.values.has(keys.LOOKBACK)}
    journeys = []
    for written_journey in written_journeys:
        journey, milestones = resolve_journey(written_journey, project, report)
        journeys.append(journey)
        audiences.extend(milestones)
        default_lookback.update(default_lookbacks(written_journey))
    by_id: dict[str, Audience] = {}
    for audience in audiences:
        by_id.setdefault(audience.id, audience)
    outputs = tuple(resolve_output(name, values) for file in files for name, values in file.outputs)
    outputs_by_id: dict[str, Output] = {output.id: output for output in outputs}
    connections = []
    for connection in (connection for file in files for connection in file.connections):
        output = outputs_by_id.get(connection.values[connection_keys.OUTPUT])
        names = connectable(connection, by_id, output, known, report)
        connections.append(resolve_connection(connection, names))
    attributes = [resolve_attribute(attribute, project, report) for attribute in written_attributes]
    return Whole(
        project=project,
        audiences=tuple(audiences),
        journeys=tuple(journeys),
        outputs=outputs,
        connections=tuple(connections),
        default_lookback=frozenset(default_lookback),
        partners=partners,
        known=known,
        lists=(),
        models={},
        attributes=tuple(attribute for attribute in attributes if attribute is not None),
        known_attributes=known_attributes,
    )


def _models(folder: Path, whole: Whole) -> dict[str, DbtModel]:
    """The dbt models of analysts where a criterion names one; else none, since nothing asks."""
    criteria = (audience.criteria for audience in whole.audiences if audience.criteria is not None)
    return read_dbt_models(folder) if any(map(named_models, criteria)) else {}


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda problem: (problem.place.file, problem.place.line or 0) if problem.place else ("", 0),
        )
    )
