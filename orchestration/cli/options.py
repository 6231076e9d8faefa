"""Options that every command takes, before or after its name."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from orchestration.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `settings` as its first argument, from --project-dir and --data-dir here or before it."""

    @click.option("--project-dir", help="The project folder: milepost.yml and the definitions.")
    @click.option("--data-dir", help="Where data, warehouse and exports live. Also MILEPOST_DATA_DIR.")
    @click.pass_context
    @functools.wraps(command)
    def wrapped(
        context: click.Context, *arguments: Any, project_dir: str | None, data_dir: str | None, **options: Any
    ) -> Any:
        before = context.obj or {}
        settings = load_settings(project_dir or before.get("project_dir"), data_dir or before.get("data_dir"))
        return command(settings, *arguments, **options)

    return wrapped


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
