"""The real way of the data in one process: landing → lake → compiled models → dbt → members."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import cleanup_connections, reset_adapters
from dbt.cli.main import dbtRunner

from orchestration.dbt import run_model
from orchestration.publishing import publish_staged
from orchestration.settings import Settings
from transforms.audiences.activation import needed_lists
from transforms.audiences.earlier_members import write_earlier_members
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import ensure
from transforms.audiences.redefined import calculated_by
from transforms.audiences.staged import stage
from transforms.compiler.emit import write_models
from transforms.compiler.models import compile_models
from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists
from transforms.ingest.run import ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from transforms.audiences.generations import Generation
    from transforms.audiences.run_models import RunModel
    from transforms.definitions.records import Definitions, Project
    from transforms.ingest.counts import IngestReport

SCAFFOLD = Path(__file__).parents[2] / "dbt_project"
_SCAFFOLD_PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models/staging", "models/profiles")


def run_pipeline(project: Path, data: Path, as_of: datetime) -> dict[str, dict[int, str | None]]:
    """The members of every audience and milestone with their variants, by the engine.

    `project` holds the YAML files and becomes a whole dbt project; `data` holds `landing/`.
    """
    definitions = _prepared(project, data)
    write_earlier(definitions, data, as_of)
    run_dbt(project, data, as_of, definitions.project)
    return read_members(warehouse(data), definitions)


def publish_pipeline(project: Path, data: Path, as_of: datetime) -> tuple[Definitions, Generation]:
    """The same, published: the definitions that were calculated, all of them, and the generation."""
    definitions = _prepared(project, data)
    write_earlier(definitions, data, as_of)
    models = run_dbt(project, data, as_of, definitions.project)
    calculated = tuple(calculated_by(definitions, audience) for audience in definitions.audiences)
    logins = definitions.project.login_identities
    attributes = tuple(attribute.id for attribute in definitions.attributes)
    staged = stage(warehouse(data), data / "staging", as_of, calculated, attributes, models, logins)
    return definitions, publish_staged(Settings(project, data), definitions, staged)


def _prepared(project: Path, data: Path) -> Definitions:
    definitions = load_definitions(project)
    ingest_landing(definitions.project, data)
    take_in_lists(project, data / "lake", needed_lists(definitions))
    add_scaffold(project)
    write_models(project, compile_models(definitions))
    return definitions


def ingest_landing(project: Project, data: Path) -> IngestReport:
    """Take in what lies in `<data>/landing`."""
    return ingest(project.inputs, data, project.login_identities, project.ip_geolocation)


def write_earlier(definitions: Definitions, data: Path, as_of: datetime) -> Path:
    """Write who was a member before `as_of` by what is published below `data`, as a run does; the file."""
    file = data / "warehouse" / "earlier_members.parquet"
    stored = ensure(open_store(data / "published")).stored
    ids = [audience.id for audience in definitions.audiences]
    write_earlier_members(file, definitions, ids, stored, as_of, data / "spill")
    return file


def add_scaffold(project: Path) -> None:
    """The hand-written part of a dbt project, beside the definitions."""
    for part in _SCAFFOLD_PARTS:
        source, target = SCAFFOLD / part, project / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def warehouse(data: Path) -> Path:
    """The DuckDB file that dbt writes."""
    return data / "warehouse" / "milepost.duckdb"


def run_dbt(
    project: Path, data: Path, as_of: datetime, settings: Project, *select: str
) -> tuple[RunModel, ...]:
    """`dbt run` at an instant, configured by the environment alone as orchestration does it; what it ran.

    Everything, or what dbt selects by `select`.
    """
    results = dbt_results(project, data, as_of, settings, select=select)
    return tuple(model for result in results if (model := run_model(result.node)) is not None)


def dbt_results(
    project: Path,
    data: Path,
    as_of: datetime,
    settings: Project,
    note: Callable[[Any], None] | None = None,
    select: tuple[str, ...] = (),
) -> tuple[Any, ...]:
    """The same, with dbt's own result of each model; `note` is told of each event that dbt logs."""
    warehouse(data).parent.mkdir(parents=True, exist_ok=True)
    earlier = warehouse(data).with_name("earlier_members.parquet")
    environment = {
        "MILEPOST_AS_OF": f"{as_of:%Y-%m-%d %H:%M:%S.%f}",
        "MILEPOST_LAKE": str(data / "lake"),
        "MILEPOST_PUBLISHED": str(data / "published"),
        "MILEPOST_WAREHOUSE": str(warehouse(data)),
        "MILEPOST_EARLIER_MEMBERS": str(earlier) if earlier.exists() else "",
        "MILEPOST_EVALUATE_DEVELOPMENT": "true" if settings.evaluate_development else "false",
        "MILEPOST_LOGIN_TYPES": ",".join(settings.login_identities),
        "DBT_TARGET_PATH": str(data / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
        "DO_NOT_TRACK": "1",
    }
    arguments = ["run", "--project-dir", str(project), "--profiles-dir", str(project), "--quiet"]
    if select:
        arguments += ["--select", *select]
    with _environment(environment):
        outcome = dbtRunner(callbacks=[] if note is None else [note]).invoke(
            [*arguments, "--log-level-file", "none", "--exclude", "models/marts"]
        )
        # The warehouse file has one writing process until the adapter lets go of it.
        cleanup_connections()
        reset_adapters()
        DuckDBConnectionManager.env().close()
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        raise outcome.exception
    results: tuple[Any, ...] = tuple(getattr(outcome.result, "results", ()))
    failed = [(result.node.name, result.message) for result in results if result.status in ("error", "fail")]
    assert outcome.success, failed
    return results


def read_members(path: Path, definitions: Definitions) -> dict[str, dict[int, str | None]]:
    """The rows of every `mst_` table; a user stands once in each."""
    found: dict[str, dict[int, str | None]] = {}
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        for audience in definitions.audiences:
            relation = connection.table(f"mst_{audience.id}")
            rows = relation.fetchall()
            if "variant" in relation.columns:
                members = {
                    row[relation.columns.index("mpid")]: row[relation.columns.index("variant")]
                    for row in rows
                }
            else:
                members = {row[relation.columns.index("mpid")]: None for row in rows}
            assert len(members) == len(rows), audience.id
            found[audience.id] = members
    return found


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
