"""The project's own dbt models without dbt: it takes seconds to start, and is asked only when a file has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration import dbt
from transforms.audiences.run_models import read_run_models, write_run_models
from transforms.durable import replacing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.run_models import RunModels
    from transforms.definitions.records import Project


def project_models(
    settings: Settings, project: Project, as_of: datetime, say: Callable[[str], None]
) -> RunModels:
    """Staging, profiles and the analysts' models of a project as dbt compiles them.

    They are kept in the data folder until a file that dbt reads changes; before dbt is asked `say` is told. UserError
    (exit status 1) where dbt can't read the project.
    """
    folder = settings.data / "dbt"
    kept = folder / f"models-{dbt.models_digest(settings.project)[:16]}.json"
    if not kept.exists():
        say("dbt compiles the models of the project, which are then kept until one of them changes")
        models = dbt.compile_models(settings, project, as_of)
        with replacing(kept) as temporary:
            write_run_models(temporary, models)
        for older in folder.glob("models-*.json"):
            if older != kept:
                older.unlink()
    return read_run_models(kept)
