"""What has to stand before dbt or Dagster look at a project: valid definitions, compiled models, folders."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import transforms
from exports.delivered_tests import edited_tests
from exports.ledger import Ledger
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import ensure
from transforms.compiler.emit import check_models, compile_project, write_models
from transforms.definitions.load import load_definitions
from transforms.durable import replace_bytes
from transforms.errors import UserError, failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions

#: What models are generated from, and where they lie; models that an analyst has taken over are not generated.
_COMPILED_FOLDERS = ("audiences", "journeys", "attributes", "models")
_PROGRAM = Path(next(iter(transforms.__path__)))


def prepare(settings: Settings, *, frozen: bool = False) -> Definitions:
    """Load and validate the definitions, compile what is out of date (`frozen`: refuse instead), make the
    folders that the models read.

    Raises UserError with every problem of the definitions, A/B tests that were edited after their delivery included,
    or a failure where `frozen` and out of date.
    """
    definitions = load_definitions(settings.project)
    edited = edited_tests(
        definitions, open_store(settings.published).current(), Ledger(settings.connection_ledger)
    )
    if edited:
        raise UserError(*edited)
    # Compiling 500 milestones takes 5 s, telling that nothing changed since the last time a tenth.
    stamp = settings.data / "dbt" / "compiled.sha256"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _digest(settings.project):
        _compile(settings, definitions, frozen=frozen)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(stamp, _digest(settings.project).encode())
    ensure(open_store(settings.published))
    return definitions


def _compile(settings: Settings, definitions: Definitions, *, frozen: bool) -> None:
    files = compile_project(settings.project, definitions)
    out_of_date = check_models(settings.project, files)
    if out_of_date and frozen:
        raise failure(
            "RUN-030",
            f"{len(out_of_date)} generated models are out of date",
            hint="run `milepost compile` and commit what it writes",
        )
    if out_of_date:
        write_models(settings.project, files)


def _digest(project: Path) -> str:
    """Of all that decides what is generated, and of what was: definitions, models, this program, its generator."""
    digest = hashlib.sha256(version("sqlglot").encode())
    for path in _read_by_the_compiler(project):
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read_by_the_compiler(project: Path) -> Iterator[Path]:
    yield project / "milepost.yml"
    for folder in (*(project / name for name in _COMPILED_FOLDERS), _PROGRAM):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
