"""The two sides of a change of definitions, each asked in memory over the same lake."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import dbt
from orchestration.project_models import project_models
from orchestration.revisions import project_at
from transforms.audiences.activation import needed_lists
from transforms.audiences.plan import Comparison, Side
from transforms.audiences.workbench import Workbench, stored_members
from transforms.compiler.emit import ejected_audiences
from transforms.compiler.models import custom_path
from transforms.definitions.list_files import list_path
from transforms.definitions.load import load_definitions
from transforms.errors import failure
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.audiences.run_models import RunModels
    from transforms.definitions.records import Definitions

_BETWEEN = ".."


@contextmanager
def compared(
    settings: Settings,
    against: str,
    generation: Generation | None,
    as_of: datetime,
    say: Callable[[str], None],
) -> Iterator[Comparison]:
    """The working tree against a git revision, or two of them (`A..B`), over the lake as it is now, at `as_of`.

    `say` is told before dbt is asked, which takes seconds. UserError where definitions of either side are invalid; a
    failure (exit status 1) as project_at() says.
    """
    first, between, second = against.partition(_BETWEEN)
    with ExitStack() as stack:
        before = stack.enter_context(project_at(settings.project, first or "HEAD"))
        after = settings.project
        if between:
            after = stack.enter_context(project_at(settings.project, second or "HEAD"))
        sides = []
        for folder in (before, after):
            scratch = Path(stack.enter_context(TemporaryDirectory()))
            definitions = load_definitions(folder)
            # Models are kept in the data folder for the working tree alone.
            is_kept = dbt.models_digest(folder) == dbt.models_digest(settings.project)
            side = settings if is_kept else replace(settings, project=folder, data=scratch)
            models = project_models(side, definitions.project, as_of, say)
            sides.append(
                stack.enter_context(_side(settings, folder, definitions, models, generation, as_of, scratch))
            )
        yield Comparison(*sides)


@contextmanager
def _side(
    settings: Settings,
    folder: Path,
    definitions: Definitions,
    models: RunModels,
    generation: Generation | None,
    as_of: datetime,
    scratch: Path,
) -> Iterator[Side]:
    lists = needed_lists(definitions)
    lake = scratch / "lake"
    _link_lake(settings.lake, lake)
    take_in_lists(folder, lake, lists)
    ejected = ejected_audiences(folder)
    by_hand = (
        dict.fromkeys(ejected) if generation is None else _stored(definitions, generation, as_of, ejected)
    )
    stored = {} if generation is None else generation.stored
    with Workbench(
        definitions, models, as_of, lake, scratch / "spill", by_hand=by_hand, stored=stored
    ) as workbench:

        def members(audience_id: str) -> tuple[Any, tuple[str | None, ...]]:
            try:
                return workbench.sorted_members(audience_id)
            except duckdb.Error as error:
                # The engine's own words may hold what users sent.
                raise failure(
                    "not-planned", f"the engine could not answer it ({type(error).__name__})"
                ) from error

        yield Side(
            definitions,
            members,
            lists={name: _digest(folder / list_path(name)) for name in lists},
            by_hand={one: _digest(folder / custom_path(one)) for one in ejected},
            others=_others(folder, definitions),
        )


def _stored(
    definitions: Definitions, generation: Generation, as_of: datetime, ejected: frozenset[str]
) -> dict[str, Any]:
    before = [one for one in generation.stored if one <= as_of]
    return stored_members(definitions, generation, max(before), ejected) if before else dict.fromkeys(ejected)


def _others(folder: Path, definitions: Definitions) -> str:
    """What decides about everybody beside the YAML of audiences."""
    project = definitions.project
    settings = (project.evaluate_development, project.login_identities, project.membership_history)
    return f"{dbt.models_digest(folder)} {settings}"


def _link_lake(lake: Path, target: Path) -> None:
    """The lake without its lists: those of the project folder that is asked come in their place."""
    target.mkdir(parents=True)
    for path in lake.iterdir():
        if path.name != "lists":
            (target / path.name).symlink_to(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
