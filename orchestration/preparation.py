"""What has to stand before dbt or Dagster look at a project: valid definitions, compiled models, folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.audiences.generations import open_store
from transforms.audiences.publishing import ensure
from transforms.compiler.emit import check_models, compile_project, write_models
from transforms.definitions.load import load_definitions
from transforms.errors import failure

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions


def prepare(settings: Settings, *, frozen: bool = False) -> Definitions:
    """Load and validate the definitions, compile what is out of date (`frozen`: refuse instead), make the
    folders that the models read.

    Raises UserError with every problem of the definitions, or a failure where `frozen` and out of date.
    """
    definitions = load_definitions(settings.project)
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
    ensure(open_store(settings.published))
    return definitions
