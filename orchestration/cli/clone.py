"""`milepost clone`: an audience or a journey again, under another id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from orchestration.cli.new import check_id, refuse_existing
from orchestration.cli.options import with_settings
from orchestration.definition_files import change_files
from transforms.audiences.stored import find_audience
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from orchestration.settings import Settings

#: What belongs to the one that is copied: a former id, and the name at partners.
_NOT_COPIED = re.compile(r"^ *(?:formerly|external_name):.*\n", re.MULTILINE)


@click.command()
@click.argument("name", metavar="AUDIENCE | JOURNEY")
@click.argument("new_id", metavar="ID")
@with_settings
def clone(settings: Settings, name: str, new_id: str) -> None:
    """Write AUDIENCE or JOURNEY again as ID, with its tags, owner, criteria and tests; it is connected to nothing."""
    check_id(new_id)
    definitions = load_definitions(settings.project)
    journey = next((one for one in definitions.journeys if one.id == name), None)
    source = journey or find_audience(definitions, name)
    kind = "audience" if journey is None else "journey"
    if journey is None and definitions.audience(name).journey is not None:
        raise UserError(
            Problem(
                "EDT-007",
                f"`{name}` is a milestone: what it is depends on its place in the journey",
                hint="clone the journey, or write a milestone with `milepost new milestone`",
            )
        )
    file = f"{kind}s/{new_id}.yml"
    refuse_existing(settings, file)
    text = (settings.project / source.place.file).read_text(encoding="utf-8")
    text = re.sub(rf"^{kind}: *{name}\b", f"{kind}: {new_id}", text, count=1, flags=re.MULTILINE)
    if journey is not None:
        # Milestones that name each other name those of the copy.
        text = re.sub(rf"\b{name}__", f"{new_id}__", text)
    change_files(settings.project, {file: _NOT_COPIED.sub("", text)})
    click.echo(f"wrote {file}")
