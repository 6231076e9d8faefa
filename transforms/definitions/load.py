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
from transforms.definitions.files import Document, read_file, read_folder, read_project_file
from transforms.definitions.journeys import WrittenJourney, read_journey
from transforms.definitions.known import Known
from transforms.definitions.list_files import read_lists
from transforms.definitions.project import read_project
from transforms.definitions.records import Definitions
from transforms.definitions.resolve import (
    UNKNOWN_INPUT,
    default_lookbacks,
    resolve_audience,
    resolve_connection,
    resolve_journey,
    resolve_output,
)
from transforms.definitions.rules import RULES
from transforms.definitions.rules.known_narrowings import KNOWN_NARROWINGS
from transforms.definitions.rules.whole import Whole
from transforms.documents.nodes import Mapping, Scalar
from transforms.documents.report import Report
from transforms.errors import InternalError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from transforms.definitions.connection_records import Output
    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.records import Audience, Project
    from transforms.documents.nodes import Node
    from transforms.seen_names import SeenNames

W = TypeVar("W")

#: The partners that an output can name unless the caller says others, by name alone: what they are exports knows.
PARTNERS = (
    "json_lines",
    "firehose",
    "warehouse_table",
    "google_csv",
    "google_data_manager",
    "meta_csv",
    "meta",
    "live_ramp",
    "tiktok_csv",
    "tiktok",
    "trade_desk_crm",
    "trade_desk",
    "snapchat",
    "x",
    "pinterest",
    "linkedin_csv",
    "linkedin",
    "microsoft",
    "braze_csv",
    "braze",
    "klaviyo_csv",
    "klaviyo",
    "iterable_csv",
    "iterable",
    "mailchimp",
    "hubspot",
    "salesforce",
    "airship",
    "airship_attributes",
    "csv",
    "jsonl",
    "parquet",
)
#: What milepost.yml does not have and an audience, or a criterion, looks at.
_UNCONFIGURED = (UNKNOWN_INPUT, KNOWN_NARROWINGS.code)


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


def load_estimable(
    folder: Path, beside: tuple[Path, str] | None = None, partners: tuple[str, ...] = PARTNERS
) -> tuple[Definitions, tuple[Problem, ...]]:
    """The definitions of a project folder for estimates, and the inputs that they name and that are not configured.

    Those are no errors here (spec §7): the rest is told. `beside` is a definition file that lies elsewhere, and what it
    is called in messages: an audience or a journey, in the place of the project's own one of that id. Nothing is
    connected then. Raises UserError with all other errors at once.
    """
    report = Report()
    definitions = _load(folder, partners, report, beside=beside)
    unconfigured = tuple(problem for problem in report.errors if problem.code in _UNCONFIGURED)
    if definitions is None or len(unconfigured) < len(report.errors):
        report.raise_errors()
        raise InternalError("a project that can't be read without a problem")
    return definitions, unconfigured


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
    folder: Path,
    partners: tuple[str, ...],
    report: Report,
    seen: SeenNames | None = None,
    beside: tuple[Path, str] | None = None,
) -> Definitions | None:
    project_file = read_project_file(folder, report)
    project = read_project(project_file.tree, report) if project_file.tree is not None else None
    if project is None and not folder.is_dir():
        return None
    known = Known()
    other = None if beside is None else read_file(*beside, report)
    documents = _with(read_folder(folder, "audiences", report), "audience", other)
    audiences = _read_all(documents, read_audience, "audience", known, report)
    documents = _with(read_folder(folder, "journeys", report), "journey", other)
    journeys = _read_all(documents, read_journey, "journey", known, report)
    before = len(report.errors)
    # A draft is connected to nothing.
    sent = read_folder(folder, "connections", report) if beside is None else ()
    connections = _read_all(sent, read_connections, "", Known(), report)
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


def _with(documents: tuple[Document, ...], key: str, other: Document | None) -> tuple[Document, ...]:
    """The documents of a folder with another one, which takes the place of that of its id, where it is of this kind.

    What is no journey is an audience.
    """
    if other is None or (_id(other, "journey") is not None) != (key == "journey"):
        return documents
    return (*(one for one in documents if _id(one, key) != _id(other, key)), other)


def _id(document: Document, key: str) -> str | None:
    named = document.tree.get(key) if isinstance(document.tree, Mapping) else None
    return named.text if isinstance(named, Scalar) else None


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
