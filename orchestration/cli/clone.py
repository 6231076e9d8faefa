"""`milepost clone`: an audience or a journey again, under another id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import say
from orchestration.cli.new import check_id, refuse_existing
from orchestration.cli.options import with_settings
from orchestration.definition_files import change_files
from transforms.audiences.stored import find_audience
from transforms.definitions.cloning import cloned
from transforms.definitions.load import load_definitions
from transforms.definitions.records import Journey
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Audience, Definitions


@click.command()
@click.argument("name", metavar="[AUDIENCE | JOURNEY]", required=False)
@click.argument("new_id", metavar="[ID]", required=False)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    help="All audiences and journeys with this tag; several: with all of them.",
)
@click.option("--suffix", metavar="TEXT", help="What the ids of those with the tag get at their end.")
@with_settings
def clone(
    settings: Settings, name: str | None, new_id: str | None, tags: tuple[str, ...], suffix: str | None
) -> None:
    """Write AUDIENCE or JOURNEY again as ID, with its tags, owner, criteria and tests; it is connected to nothing.

    With --tag and --suffix everything that has the tag, all or nothing: milestones with their journey alone. Audiences
    that criteria name are those that they named before.
    """
    definitions = load_definitions(settings.project)
    match name, new_id, tags, suffix:
        case str(), str(), (), None:
            copies = {new_id: _named(definitions, name)}
        case None, None, (_, *_), str():
            copies = {f"{one.id}{suffix}": one for one in _tagged(definitions, set(tags))}
        case _:
            raise click.UsageError("clone takes AUDIENCE or JOURNEY and ID, or --tag and --suffix")
    texts = dict(_file(settings, source, copy_id) for copy_id, source in copies.items())
    change_files(settings.project, texts)
    for file in texts:
        click.echo(f"wrote {file}")


def _named(definitions: Definitions, name: str) -> Audience | Journey:
    journey = next((one for one in definitions.journeys if one.id == name), None)
    if journey is not None:
        return journey
    audience = find_audience(definitions, name)
    if audience.journey is not None:
        raise UserError(
            Problem(
                "EDT-007",
                f"`{name}` is a milestone: what it is depends on its place in the journey",
                hint="clone the journey, or write a milestone with `milepost new milestone`",
            )
        )
    return audience


def _tagged(definitions: Definitions, tags: set[str]) -> tuple[Audience | Journey, ...]:
    """The audiences and journeys with all of these tags; milestones that have them and their journey not are told."""
    journeys = tuple(one for one in definitions.journeys if tags <= set(one.tags))
    whole = {one.id for one in journeys}
    tagged = tuple(one for one in definitions.audiences if tags <= set(one.tags))
    for one in tagged:
        if one.journey is not None and one.journey not in whole:
            say(
                f"`{one.id}` is not cloned: it is a milestone of `{one.journey}`, which does not have the tag"
            )
    found = (*(one for one in tagged if one.journey is None), *journeys)
    if not found:
        raise UserError(Problem("EDT-009", "nothing that could be cloned has the tag"))
    return found


def _file(settings: Settings, source: Audience | Journey, copy_id: str) -> tuple[str, str]:
    """The file of a copy, and its text."""
    check_id(copy_id)
    kind = "journey" if isinstance(source, Journey) else "audience"
    file = f"{kind}s/{copy_id}.yml"
    refuse_existing(settings, file)
    text = (settings.project / source.place.file).read_text(encoding="utf-8")
    return file, cloned(text, source.place.file, kind, source.id, copy_id)
