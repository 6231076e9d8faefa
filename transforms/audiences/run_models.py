"""The models that a run evaluated audiences over, kept so that the same questions can be asked again.

dbt compiled them, with the analyst's hooks in them. They name the instant, the lake and who was a member
before as functions (`as_of()`, `lake_events()`, `lake_users()`, `lake_lists()`, `earlier_members()`), so one text holds
for every instant and wherever the lake lies.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from transforms.durable import sync_file
from transforms.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: What whoever runs the models defines anew; everything else of RunModels is constant text.
INPUT_FUNCTIONS = ("as_of", "lake_events", "lake_users", "lake_lists", "lake_files", "earlier_members")
_FUNCTIONS = """
select function_name, parameters, macro_definition, function_type = 'table_macro'
from duckdb_functions()
where not internal and database_name = current_database() and not list_contains($inputs, function_name)
order by function_name, len(parameters)
"""


@dataclass(frozen=True)
class RunModel:
    """One model as dbt compiled it.

    `path` is its file below the project folder, `schema` and `identifier` are what others name it by in SQL, `needs`
    the models that it reads.
    """

    name: str
    path: str
    schema: str
    identifier: str
    is_table: bool
    needs: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class RunModels:
    """Every model of a run but those that the compiler generates, sorted by name, and the warehouse's functions.

    Models name each other within the database `database`. `functions` are statements in the order in which they
    can be run. `login_types` are the identity types that decided whose a record is.
    """

    database: str
    login_types: tuple[str, ...]
    functions: tuple[str, ...]
    models: tuple[RunModel, ...]

    def model(self, name: str) -> RunModel | None:
        """The model of this name, None where the run had none."""
        return next((model for model in self.models if model.name == name), None)


def functions_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The statements that make the functions of a warehouse, without those that say instant, lake and earlier members.

    A function that reads tables of the warehouse is left out: there are none where the statements are run.
    """
    rows = connection.execute(_FUNCTIONS, {"inputs": list(INPUT_FUNCTIONS)}).fetchall()
    statements = [
        f"create macro {quoted(name)}({', '.join(map(quoted, parameters))})"
        f" as {'table ' if is_table else ''}{definition}"
        for name, parameters, definition, is_table in rows
    ]
    return tuple(_in_order(statements))


def _in_order(statements: list[str]) -> Iterator[str]:
    """Those that can be run, each after the ones that it calls: the engine refuses what calls something unknown."""
    with duckdb.connect() as empty:
        before = None
        while statements and statements != before:
            before, waiting = statements, []
            for statement in statements:
                try:
                    empty.execute(statement)
                except duckdb.CatalogException:
                    waiting.append(statement)
                else:
                    yield statement
            statements = waiting


def write_run_models(path: Path, models: RunModels) -> None:
    """Write the models as JSON, synced: the same models, the same bytes."""
    path.write_text(json.dumps(asdict(models), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sync_file(path)


def run_model_of(written: Mapping[str, Any]) -> RunModel:
    """A model from what `asdict` made of it, after JSON."""
    return RunModel(**{**written, "needs": tuple(written["needs"])})


def read_run_models(path: Path) -> RunModels:
    """What `write_run_models` wrote."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return RunModels(
        database=read["database"],
        login_types=tuple(read["login_types"]),
        functions=tuple(read["functions"]),
        models=tuple(map(run_model_of, read["models"])),
    )
