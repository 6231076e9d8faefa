"""`milepost init DIR`: a new project folder that runs as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from orchestration.scaffold import scaffold
from transforms.errors import Problem, UserError

#: What belongs to the project that the scaffold was taken from, and what tools leave behind.
_NOT_SCAFFOLD = frozenset(
    {
        "milepost.yml",
        "audiences",
        "journeys",
        "attributes",
        "connections",
        "lists",
        "generated",
        "custom",
        "target",
        "logs",
        "dbt_packages",
        ".user.yml",
        "__pycache__",
    }
)

_FILES = {
    "milepost.yml": """\
# yaml-language-server: $schema=schemas/milepost.schema.json
project: my_project
workspaces:
  main:
    inputs:
      web: {kind: platform, format: batches}   # lands in <data-dir>/landing/main/web/
schedule: "0 3 * * *"                          # every day at 03:00 UTC
event_lookback: 30 days
""",
    "audiences/buyers.yml": """\
# yaml-language-server: $schema=../schemas/audience.schema.json
audience: buyers
name: Buyers
criteria:
  ecommerce: {action: purchase}
""",
    "journeys/welcome.yml": """\
# yaml-language-server: $schema=../schemas/journey.schema.json
journey: welcome
milestones:
  - milestone: newcomers
    criteria: {first_seen: {within: 30 days}}
    next:
      - milestone: has_email
        criteria: {identity: {type: email, exists: true}}
      - milestone: everyone_else
        remaining: true
""",
    "connections/local.yml": """\
# yaml-language-server: $schema=../schemas/connections.schema.json
outputs:
  files: {partner: meta_csv}                   # written below <data-dir>/exports/
connections:
  - {connection: buyers_to_files, audience: buyers, output: files, status: active}
""",
}


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def init(directory: Path) -> None:
    """Make a new project folder DIR that runs as it is.

    DIR must not exist yet, or be empty.
    """
    target = directory.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError(
            Problem("INI-001", f"`{directory}` is there and not empty", hint="name a new or an empty folder")
        )
    shutil.copytree(scaffold(), target, ignore=_left_out, dirs_exist_ok=True)
    for name, text in _FILES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    click.echo(f"A project is in {directory}. Next:", err=True)
    click.echo("  put event batches into data/landing/main/web/, one JSON object a line", err=True)
    click.echo(f"  milepost --project-dir {directory} run", err=True)
    click.echo(str(target))


def _left_out(folder: str, names: list[str]) -> set[str]:
    del folder
    return set(_NOT_SCAFFOLD.intersection(names))
