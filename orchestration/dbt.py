"""Runs dbt in this process: its environment, its arguments, its manifest.

as_of travels by environment variable, never by `--vars`: changed vars make dbt parse the whole project
again (8.8 s against 4.2 s at 500 models).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import duckdb

from transforms.audiences.run_models import RunModel, RunModels, functions_of
from transforms.compiler.models import GENERATED_FOLDERS
from transforms.errors import InternalError, failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from orchestration.settings import Settings
    from transforms.definitions.records import Project

#: What dbt reads of a project folder, which may hold the data folder too.
_FOLDERS = ("models", "macros", "tests", "seeds", "snapshots", "analyses")
_FILES = ("*.sql", "*.yml", "*.yaml", "*.csv", "*.py")


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node: `status` is dbt's own (success, pass, fail, error, skipped, warn).

    `model` is what `run_model` gives of it.
    """

    unique_id: str
    resource_type: str
    status: str
    seconds: float
    message: str
    failures: int | None
    model: RunModel | None


def environment(settings: Settings, project: Project, as_of: datetime) -> dict[str, str]:
    """The variables that the dbt project reads."""
    return {
        "MILEPOST_AS_OF": as_of.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "MILEPOST_LAKE": str(settings.lake),
        "MILEPOST_PUBLISHED": str(settings.published),
        "MILEPOST_WAREHOUSE": str(settings.warehouse),
        "MILEPOST_EVALUATE_DEVELOPMENT": "true" if project.evaluate_development else "false",
        "MILEPOST_LOGIN_TYPES": ",".join(project.login_identities),
        "DO_NOT_TRACK": "1",
    }


def arguments(settings: Settings, command: str, *rest: str) -> list[str]:
    """The argument list of one dbt command, quiet and without files that only people would read."""
    return [
        "--quiet",
        "--log-level",
        "none",
        "--log-level-file",
        "none",
        "--no-use-colors",
        command,
        "--project-dir",
        str(settings.project),
        "--profiles-dir",
        str(settings.project),
        "--target-path",
        str(_target(settings)),
        "--log-path",
        str(settings.data / "dbt" / "logs"),
        *rest,
    ]


def build(
    settings: Settings, project: Project, as_of: datetime, select: Iterable[str], *, over_built: bool = False
) -> tuple[NodeResult, ...]:
    """Build the selected models and run their tests at `as_of`, in one invocation.

    `over_built`: what they read and is not selected is built already for this `as_of`.
    `settings.earlier_members` has to be written for this `as_of`.
    Raises UserError (exit status 1) where dbt could not start or a node failed, with dbt's words.
    """
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    _refuse_locked(settings.warehouse)
    selected = arguments(
        settings,
        "build",
        "--no-write-json",
        "--exclude-resource-type",
        "unit_test",
        # A test of an audience that is not calculated beside one that is would look at what an earlier run left.
        "--indirect-selection",
        "buildable" if over_built else "cautious",
        "--select",
        *select,
    )
    earlier = {"MILEPOST_EARLIER_MEMBERS": str(settings.earlier_members)}
    with _variables(environment(settings, project, as_of) | earlier):
        result = _invoke(selected, _parsed(settings))
    if result.result is None:
        raise failure("RUN-010", f"dbt could not start: {_first_lines(result.exception)}")
    nodes = tuple(
        NodeResult(
            unique_id=node.node.unique_id,
            resource_type=str(node.node.resource_type),
            status=str(node.status),
            seconds=node.execution_time,
            message=node.message or "",
            failures=node.failures,
            model=run_model(node.node),
        )
        for node in result.result.results
    )
    broken = [node for node in nodes if node.status == "error"]
    if broken:
        words = "; ".join(
            f"{node.unique_id.rsplit('.', 1)[-1]}: {_first_lines(node.message)}" for node in broken[:5]
        )
        raise failure("RUN-011", f"{len(broken)} dbt models failed: {words}")
    _refuse_skipped(nodes)
    return nodes


def _refuse_skipped(nodes: tuple[NodeResult, ...]) -> None:
    """A model that dbt left out, since a test of what it reads failed, would be read as an earlier run left it."""
    skipped = [node for node in nodes if node.status == "skipped" and node.resource_type != "test"]
    if skipped:
        tests = (node.unique_id.split(".")[2] for node in nodes if node.status == "fail")
        raise failure(
            "RUN-016",
            f"{len(skipped)} dbt models were not built, since tests failed of what they read: {', '.join(tests)}",
            hint="a test that should only warn is written with `severity: warn`",
        )


def compile_models(settings: Settings, project: Project, as_of: datetime) -> RunModels:
    """Every model that is not generated as a run would have it, and the functions, without a run.

    Neither the lake nor the warehouse are looked at. UserError (exit status 1) where dbt can't compile.
    """
    folder = settings.data / "dbt" / "compiled"
    folder.mkdir(parents=True, exist_ok=True)
    # Models name each other within the database, which is called as its file is.
    warehouse = folder / settings.warehouse.name
    variables = {**environment(settings, project, as_of), "MILEPOST_WAREHOUSE": str(warehouse)}
    target = ("--no-write-json", "--target-path", str(folder))
    chosen = ("--indirect-selection", "empty", "--select", "path:models,resource_type:model", "--exclude")
    with _variables(variables):
        models = _compiled(settings, *target, *chosen, *(f"path:{folder}" for folder in GENERATED_FOLDERS))
        (functions,) = _compiled(settings, *target, "--inline", "{{ create_functions() }}")
    with duckdb.connect() as connection:
        connection.execute(functions.compiled_code)
        made = functions_of(connection)
    found = [model for node in models if (model := run_model(node)) is not None]
    return RunModels(
        database=warehouse.stem,
        login_types=project.login_identities,
        functions=made,
        models=tuple(sorted(found, key=lambda model: model.name)),
    )


def _compiled(settings: Settings, *rest: str) -> list[Any]:
    result = _invoke(arguments(settings, "compile", *rest))
    if not result.success:
        failed = [node.message for node in result.result.results if node.message] if result.result else []
        words = _first_lines(result.exception or "; ".join(failed))
        raise failure("RUN-012", f"dbt can't read the project: {words}")
    return [node.node for node in result.result.results]


def models_digest(project: Path) -> str:
    """A text that is another one when `compile_models` may give something else."""
    return _digest(project, without=GENERATED_FOLDERS)


def inputs_digest(settings: Settings, project: Project, as_of: datetime) -> str:
    """A text that is another one when a model whose file and whose data stay may have other rows."""
    return json.dumps(
        [models_digest(settings.project), *sorted(environment(settings, project, as_of).items())]
    )


def ensure_manifest(settings: Settings, project: Project, as_of: datetime) -> Path:
    """The path of a manifest that belongs to the files of the project; parses only when they changed."""
    manifest = _target(settings) / "manifest.json"
    stamp = _target(settings) / "manifest.sha256"
    digest = _digest(settings.project)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return manifest
    with _variables(environment(settings, project, as_of)):
        result = _invoke(arguments(settings, "parse"))
    if not result.success:
        raise failure("RUN-012", f"dbt can't read the project: {_first_lines(result.exception)}")
    if not manifest.exists():
        raise InternalError("dbt parsed the project and wrote no manifest")
    _refuse_cycle(read_manifest(manifest))
    stamp.write_text(digest, encoding="utf-8")
    return manifest


def _refuse_cycle(manifest: dict[str, Any]) -> None:
    """dbt finds a cycle only when it runs, and Dagster would follow it without end."""
    try:
        TopologicalSorter(manifest["parent_map"]).prepare()
    except CycleError as error:
        needs = " → ".join(node.rsplit(".", 1)[-1] for node in reversed(error.args[1]))
        raise failure("RUN-017", f"a cycle of dbt models: {needs}", hint="each reads the next") from error


def read_manifest(manifest: Path) -> dict[str, Any]:
    """dbt's own description of the project's nodes."""
    return json.loads(manifest.read_text(encoding="utf-8"))


def run_model(node: Any) -> RunModel | None:
    """What dbt compiled a node to; None for a test, for a generated model, which the definitions
    give again, and for a mart, which reads what is published.
    """
    if node.resource_type != "model" or node.language != "sql" or not node.compiled_code:
        return None
    if node.original_file_path.startswith(GENERATED_FOLDERS) or any(
        ".published." in one for one in node.depends_on_nodes
    ):
        return None
    needs = tuple(one.rsplit(".", 1)[-1] for one in node.depends_on_nodes if one.startswith("model."))
    return RunModel(
        name=node.name,
        path=node.original_file_path,
        schema=node.schema,
        identifier=node.alias,
        is_table=node.config.materialized != "view",
        needs=needs,
        sql=node.compiled_code.strip(),
    )


def _target(settings: Settings) -> Path:
    return settings.data / "dbt" / "target"


def _parsed(settings: Settings) -> Any:
    """What dbt knows of the project: read once a process for each state of its files, as a run builds several times.

    None where it can't be read; a build says so in dbt's words.
    """
    return _parse(tuple(arguments(settings, "parse", "--no-write-json")), _digest(settings.project))


@functools.lru_cache(maxsize=1)
def _parse(command: tuple[str, ...], digest: str) -> Any:
    del digest
    return _invoke([*command]).result


def _invoke(command: list[str], manifest: Any = None) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner  # 2 s to import

    # What dbt prints beside its log belongs to people, not to the answer on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            return dbtRunner(manifest=manifest).invoke(command)
        finally:
            # dbt keeps the warehouse file open, and locked, until the process ends.
            DuckDBConnectionManager.close_all_connections()


@contextlib.contextmanager
def _variables(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _refuse_locked(warehouse: Path) -> None:
    import duckdb

    try:
        duckdb.connect(str(warehouse)).close()
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise failure("RUN-014", f"the warehouse file can't be opened: {_first_lines(error)}") from error
        raise failure(
            "RUN-013",
            f"the warehouse file is locked by another process: {_first_lines(error)}",
            hint=(
                "close the program that has it open; to look at results read the published files, "
                "which are never locked"
            ),
        ) from error


def _digest(project: Path, without: tuple[str, ...] = ()) -> str:
    digest = hashlib.sha256()
    left_out = tuple(f"{folder.rstrip('/')}/" for folder in without)
    found = [*project.glob("*.yml")]
    for folder in _FOLDERS:
        found += (path for pattern in _FILES for path in (project / folder).rglob(pattern) if path.is_file())
    for path in sorted(found):
        name = path.relative_to(project).as_posix()
        if name.startswith(left_out):
            continue
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _first_lines(words: object, lines: int = 6) -> str:
    return " ".join(line.strip() for line in str(words).strip().splitlines()[:lines])
