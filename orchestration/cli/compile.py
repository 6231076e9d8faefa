"""`milepost compile`: writes the generated dbt models, or says whether they are out of date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from orchestration.cli.options import as_json, with_settings
from transforms.compiler.emit import Changes, Difference, check_models, compile_project, write_models
from transforms.definitions.load import load_definitions
from transforms.errors import SOMETHING_TO_DO

if TYPE_CHECKING:
    from orchestration.settings import Settings


@click.command()
@click.option(
    "--check", "is_check", is_flag=True, help="Write nothing; exit 3 and print a diff where out of date."
)
@as_json
@with_settings
def compile(settings: Settings, is_check: bool, as_json: bool) -> int:
    """Write the generated dbt models."""
    files = compile_project(settings.project, load_definitions(settings.project))
    if is_check:
        differences = check_models(settings.project, files)
        click.echo(_differences_json(differences) if as_json else _differences_text(differences), nl=False)
        return SOMETHING_TO_DO if differences else 0
    changes = write_models(settings.project, files)
    click.echo(_changes_json(changes) if as_json else _changes_text(changes), nl=False)
    return 0


def _differences_text(differences: tuple[Difference, ...]) -> str:
    return "".join(difference.diff for difference in differences)


def _differences_json(differences: tuple[Difference, ...]) -> str:
    found = [{"path": each.path, "kind": each.kind, "diff": each.diff} for each in differences]
    return json.dumps({"differences": found}, indent=2, ensure_ascii=False) + "\n"


def _changes_text(changes: Changes) -> str:
    lines = [*(f"wrote {path}" for path in changes.written), *(f"removed {path}" for path in changes.removed)]
    lines.append(
        f"{len(changes.written)} written, {len(changes.removed)} removed, {len(changes.unchanged)} unchanged"
    )
    return "\n".join(lines) + "\n"


def _changes_json(changes: Changes) -> str:
    found = {"written": changes.written, "removed": changes.removed, "unchanged": changes.unchanged}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
