"""What has to stand before dbt or Dagster look at a project: valid definitions, compiled models, folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.delivered_tests import edited_tests
from exports.ledger.ledger import Ledger
from exports.partners.checks import check_outputs
from orchestration.definition_hashes import compiled_from
from orchestration.scaffold import scaffold
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import ensure
from transforms.compiler.emit import check_models, compile_project, write_models
from transforms.definitions.load import load_definitions
from transforms.durable import replace_bytes
from transforms.errors import UserError, failure

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions

#: The layers that audiences are made of; marts, what is generated, and a team's own, may be left out.
_LAYERS = ("staging", "profiles")


def prepare(settings: Settings, *, frozen: bool = False) -> Definitions:
    """Load and validate the definitions, compile what is out of date (`frozen`: refuse instead), make the
    folders that the models read.

    Raises UserError with every problem of the definitions, A/B tests that were edited after their delivery and what
    no partner takes included, or a failure where `frozen` and out of date, or where the dbt project is that of an earlier
    version.
    """
    definitions = load_definitions(settings.project)
    _refuse_missing_models(settings)
    edited = edited_tests(
        definitions, open_store(settings.published).current(), Ledger(settings.connection_ledger)
    )
    problems = (*check_outputs(definitions), *edited)
    if problems:
        raise UserError(*problems)
    # Compiling 500 milestones takes 5 s, telling that nothing changed since the last time a tenth.
    stamp = settings.data / "dbt" / "compiled.sha256"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != compiled_from(settings.project):
        _compile(settings, definitions, frozen=frozen)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(stamp, compiled_from(settings.project).encode())
    ensure(open_store(settings.published))
    return definitions


def _refuse_missing_models(settings: Settings) -> None:
    """A project is a copy (`milepost init`): what a later version reads is not in it by itself."""
    if not (settings.project / "models" / "profiles").is_dir():
        # Definitions alone, without a dbt project around them.
        return
    own = scaffold() / "models"
    names = [path.relative_to(own) for layer in _LAYERS for path in sorted((own / layer).glob("*.sql"))]
    missing = [name for name in names if not (settings.project / "models" / name).exists()]
    if missing:
        raise failure(
            "RUN-031",
            f"the dbt project lacks {', '.join(f'models/{name}' for name in missing)}, which this version reads",
            hint=f"copy them from {own.parent}, with the .yml files beside them",
        )


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
