"""`milepost delete`: takes audiences, milestones and journeys out of the definitions, if nothing is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.options import with_settings
from orchestration.definition_files import change_files
from transforms.audiences.stored import find_audience
from transforms.definitions.deleting import in_the_way_of_audiences, in_the_way_of_journey
from transforms.definitions.editing import JourneyText
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Audience, Definitions


@click.command()
@click.argument("names", metavar="[AUDIENCE | JOURNEY]...", nargs=-1)
@click.option("--tag", "tags", multiple=True, help="All audiences with this tag; several: with all of them.")
@with_settings
def delete(settings: Settings, names: tuple[str, ...], tags: tuple[str, ...]) -> None:
    """Take audiences, milestones and journeys out of the definitions.

    Refused, with all that is in the way, where milestones follow, where something would remain of nothing, where an
    audience names it or a connection sends it, and for a journey with milestones. What was calculated stays stored.
    """
    definitions = load_definitions(settings.project)
    journeys = [journey for journey in definitions.journeys if journey.id in names]
    chosen = [find_audience(definitions, name) for name in names if name not in {one.id for one in journeys}]
    chosen += [
        one for one in definitions.audiences if tags and set(tags) <= set(one.tags) and one not in chosen
    ]
    if not chosen and not journeys:
        raise UserError(Problem("DEL-006", "nothing is named that could be deleted"))
    ids = {audience.id for audience in chosen}
    problems = in_the_way_of_audiences(definitions, ids)
    problems += tuple(problem for journey in journeys for problem in in_the_way_of_journey(journey, ids))
    if problems:
        raise UserError(*problems)
    texts = _without(settings, definitions, chosen)
    texts.update({journey.place.file: None for journey in journeys})
    change_files(settings.project, texts)
    for one in (*chosen, *journeys):
        click.echo(f"deleted {one.id}")


def _without(settings: Settings, definitions: Definitions, chosen: list[Audience]) -> dict[str, str | None]:
    """The files of the chosen audiences as they are then; None for those that go."""
    texts: dict[str, str | None] = {}
    # Children before their parents: each is gone when its parent goes.
    order = {one.id: place for place, one in enumerate(definitions.audiences)}
    for audience in sorted(chosen, key=lambda one: -order[one.id]):
        file = audience.place.file
        if audience.journey is None or audience.milestone is None:
            texts[file] = None
            continue
        text = texts.get(file) or (settings.project / file).read_text(encoding="utf-8")
        texts[file] = JourneyText(text, file).without_milestone(audience.milestone)
    return texts
