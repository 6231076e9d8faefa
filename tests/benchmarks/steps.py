"""A run, whole and by what it spends its time on, and the commands: functions of paths, each in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.dbt import run_model
from orchestration.publishing import publish_staged
from orchestration.settings import Settings
from tests.support.pipeline import dbt_results, warehouse
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.staged import stage
from transforms.compiler.emit import write_models
from transforms.compiler.models import compile_models, definition_hash
from transforms.criteria.events.rollups import ROLLUP_PREFIX
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

MILEPOST = """\
project: bench
workspaces: {shop: {inputs: {web: {kind: platform, format: batches}}}}
event_lookback: 30 days
"""
_PROGRAM = "from orchestration.cli.main import main; main()"


@dataclass(frozen=True)
class Run:
    """Seconds of one run by what they were spent on, and the size of each audience.

    `profiles`, `rollups` and `audiences` are the time in which at least one statement of such models was at work in
    the engine: two models run at once. `publishing` writes memberships and figures. `rest` is all else: dbt,
    compiling, reading definitions.
    """

    profiles: float
    rollups: float
    audiences: float
    publishing: float
    rest: float
    sizes: dict[str, int]

    @property
    def engine(self) -> float:
        """Seconds of reading and writing data."""
        return self.profiles + self.rollups + self.audiences + self.publishing


def write_project(folder: Path, journeys: dict[str, dict[str, Any]]) -> None:
    """A whole project with these journeys and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    _milepost("init", str(folder))
    for definitions in ("audiences", "journeys", "connections"):
        shutil.rmtree(folder / definitions, ignore_errors=True)
    (folder / "journeys").mkdir()
    (folder / "milepost.yml").write_text(MILEPOST, encoding="utf-8")
    for name, journey in journeys.items():
        (folder / "journeys" / f"{name}.yml").write_text(json.dumps(journey), encoding="utf-8")
    write_models(folder, compile_models(load_definitions(folder)))


def run(project: Path, data: Path, as_of: datetime) -> Run:
    """Models, memberships and figures at an instant."""
    begun = time.perf_counter()
    definitions = load_definitions(project)
    statements: list[tuple[str, float, float]] = []

    def note(event: Any) -> None:
        if event.info.name == "SQLQueryStatus":
            ended = event.info.ts.ToNanoseconds() / 1e9
            statements.append((event.data.node_info.node_name, ended - event.data.elapsed, ended))

    results = dbt_results(project, data, as_of, definitions.project, note)
    calculated = tuple(
        CalculatedAudience(audience.id, definition_hash(audience, definitions.project))
        for audience in definitions.audiences
    )
    models = [model for result in results if (model := run_model(result.node)) is not None]
    hashed = time.perf_counter()
    logins = definitions.project.login_identities
    staged = stage(warehouse(data), data / "staging", as_of, calculated, (), models, logins)
    publish_staged(Settings(project, data), definitions, staged)
    ended = time.perf_counter()
    rollups = _span(statements, ROLLUP_PREFIX)
    audiences = _span(statements, AUDIENCE_PREFIX)
    profiles = _span(statements, "") - _span(statements, ROLLUP_PREFIX, AUDIENCE_PREFIX)
    return Run(
        profiles=profiles,
        rollups=rollups,
        audiences=audiences,
        publishing=ended - hashed,
        rest=hashed - begun - audiences - rollups - profiles,
        sizes=_sizes(data, [audience.id for audience in definitions.audiences]),
    )


def milepost_run(project: Path, data: Path, as_of: datetime) -> None:
    """The command, in a process of its own, with its imports: what a scheduled run costs."""
    folders = ("--project-dir", str(project), "--data-dir", str(data))
    _milepost(*folders, "run", "--all", "--as-of", as_of.isoformat())


def first_output(project: Path, data: Path, *command: str) -> float:
    """Seconds until a command prints, more than Python takes to do nothing: the least of several, with warm files."""
    folders = ("--project-dir", str(project), "--data-dir", str(data))
    asked = (sys.executable, "-c", _PROGRAM, *folders, *command)
    return _until_output(asked) - _until_output((sys.executable, "-c", "pass"))


def _until_output(command: tuple[str, ...]) -> float:
    least = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            if process.stdout is not None:
                process.stdout.read(1)
            least = min(least, time.perf_counter() - begun)
            process.communicate()
    return least


def _milepost(*arguments: str) -> None:
    subprocess.run((sys.executable, "-c", _PROGRAM, *arguments), check=True, capture_output=True)


def _span(statements: list[tuple[str, float, float]], *prefixes: str) -> float:
    """The time in which at least one statement of the models with such names was at work."""
    whole, until = 0.0, 0.0
    for name, started, ended in sorted(statements, key=lambda statement: statement[1]):
        if name.startswith(prefixes):
            whole += max(0.0, ended - max(started, until))
            until = max(until, ended)
    return whole


def _sizes(data: Path, audience_ids: list[str]) -> dict[str, int]:
    with duckdb.connect(str(warehouse(data)), read_only=True) as connection:
        return {one: len(connection.table(f"mst_{one}")) for one in audience_ids}
