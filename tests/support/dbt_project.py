"""The dbt project run in this process, and its models run without it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from tests.support.functions import install_functions
from tests.support.lake import write_lake
from transforms.audiences.lake_tables import define_lake
from transforms.contracts import AUDIENCE_DAILY, CALCULATED_ATTRIBUTES, MEMBERSHIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tests.support.lake import Row

PROJECT = Path(__file__).parents[2] / "dbt_project"
_NO_EARLIER_MEMBERS = """
create macro earlier_members() as table
select null::varchar as audience_id, null::bigint as mpid, null::timestamp as since where false
"""


@dataclass(frozen=True)
class DbtRun:
    """What a dbt invocation gave: results by model or test, and each warning that it logged."""

    results: tuple[Any, ...]
    warnings: tuple[str, ...]

    def compiled(self) -> dict[str, str]:
        """The SQL of each model, those that others read first."""
        return {
            result.node.name: result.node.compiled_code
            for result in self.results
            if result.node.resource_type == "model"
        }


@dataclass(frozen=True)
class Folders:
    """Where a test keeps the lake, the published store, the warehouse and what dbt writes."""

    root: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def target(self) -> Path:
        return self.root / "target"


def write_empty_store(folder: Path) -> None:
    """A published store before the first run: one generation with no membership."""
    generation = folder / "generations" / "1"
    memberships = generation / "memberships" / "as_of=none"
    memberships.mkdir(parents=True)
    pq.write_table(MEMBERSHIP.empty_table(), memberships / "members.parquet")
    pq.write_table(AUDIENCE_DAILY.empty_table(), generation / "audience_daily.parquet")
    pq.write_table(CALCULATED_ATTRIBUTES.empty_table(), generation / "calculated_attributes.parquet")
    for described in ("audiences.json", "attribute_definitions.json"):
        (generation / described).write_text("[]", encoding="utf-8")
    (folder / "current").symlink_to("generations/1")


def run_dbt(command: str, *arguments: str, folders: Folders, as_of: datetime, **settings: str) -> DbtRun:
    """Run one dbt command as orchestration does: folders and instant by environment. Fails where dbt does."""
    environment = {
        "MILEPOST_AS_OF": as_of.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "MILEPOST_LAKE": str(folders.lake),
        "MILEPOST_PUBLISHED": str(folders.published),
        "MILEPOST_WAREHOUSE": str(folders.warehouse),
        "DBT_TARGET_PATH": str(folders.target),
        "DBT_LOG_PATH": str(folders.root / "logs"),
        "DO_NOT_TRACK": "1",
        **settings,
    }
    warnings: list[str] = []

    def note(event: Any) -> None:
        if event.info.level == "warn":
            warnings.append(event.info.msg)

    project = [
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--quiet",
        "--log-level-file",
        "none",
    ]
    with _environment(environment):
        outcome = dbtRunner(callbacks=[note]).invoke([command, *project, *arguments])
    # The adapter keeps the warehouse open, and so locked, until the process ends.
    DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        raise outcome.exception
    results = tuple(getattr(outcome.result, "results", ()))
    failed = [(result.node.name, result.message) for result in results if result.status in ("error", "fail")]
    assert outcome.success, failed
    return DbtRun(results, tuple(warnings))


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True)
class CompiledProject:
    """The SQL that dbt made of staging and profiles for one as_of, to be run over any lake in milliseconds."""

    folders: Folders
    models: dict[str, str]
    as_of: datetime

    def rows(
        self, model: str, *, events: Iterable[Row] = (), statements: Iterable[Row] = (), columns: str = "*"
    ) -> list[tuple[Any, ...]]:
        """The rows of a model, sorted, over a lake of these events and statements alone."""
        for part in self.folders.lake.rglob("*.parquet"):
            part.unlink()
        write_lake(self.folders.lake, events, statements)
        with duckdb.connect() as connection:
            install_functions(connection)
            connection.execute(f"create macro as_of() as timestamp '{self.as_of}'")
            define_lake(connection, self.folders.lake)
            connection.execute(_NO_EARLIER_MEMBERS)
            for name, sql in self.models.items():
                connection.execute(f"create view {name} as {sql}")
            return sorted(connection.execute(f"select {columns} from {model}").fetchall(), key=repr)
