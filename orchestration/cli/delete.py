"""`milepost delete`: takes audiences, milestones and journeys out of the definitions, if nothing is in the way, after their
partners were told.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from exports.deletion import forget, say_farewell
from exports.renaming import keep_received
from orchestration.cli.answers import say
from orchestration.cli.options import with_settings
from orchestration.definition_files import change_files, check_files
from orchestration.dispatching import dispatch
from orchestration.run_lease import run_lease
from transforms.audiences.generations import open_store
from transforms.audiences.stored import find_audience
from transforms.definitions.deleting import (
    connections_alone,
    in_the_way_of_audiences,
    in_the_way_of_journey,
)
from transforms.definitions.destinations import Local
from transforms.definitions.editing import JourneyText
from transforms.definitions.editing_connections import without_connections
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.settings import Settings
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions


@click.command()
@click.argument("names", metavar="[AUDIENCE | JOURNEY]...", nargs=-1)
@click.option("--tag", "tags", multiple=True, help="All audiences with this tag; several: with all of them.")
@click.option(
    "--connections",
    "with_connections",
    is_flag=True,
    help="Take the connections out, too, that send nothing else.",
)
@with_settings
def delete(settings: Settings, names: tuple[str, ...], tags: tuple[str, ...], with_connections: bool) -> None:
    """Take audiences, milestones and journeys out of the definitions.

    Refused, with all that is in the way, where milestones follow, where something would remain of nothing, where an
    audience names it or a connection sends it, and for a journey with milestones. Partners come first, each as its
    output's `on_delete` says: where one refuses, nothing is taken out. What was calculated stays stored.
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
    connections = connections_alone(definitions, ids) if with_connections else ()
    problems = in_the_way_of_audiences(definitions, ids, {one.id for one in connections})
    problems += tuple(problem for journey in journeys for problem in in_the_way_of_journey(journey, ids))
    if problems:
        raise UserError(*problems)
    texts = _without(settings, definitions, chosen)
    texts.update({journey.place.file: None for journey in journeys})
    texts.update(_without_connections(settings, connections))
    check_files(settings.project, texts)
    with _partners_told(settings, definitions, ids):
        change_files(settings.project, texts)
    for one in (*chosen, *journeys):
        click.echo(f"deleted {one.id}")


@contextmanager
def _partners_told(settings: Settings, definitions: Definitions, ids: set[str]) -> Iterator[None]:
    """Do at each partner what is done there about these audiences, and once the block has ended forget what it received.

    Where nothing may leave over the network the partner has what it had, and so has the ledger.
    """
    known = dispatch(settings)
    for connection in definitions.connections:
        for audience_id in sorted(ids):
            keep_received(known, connection.id, definitions.audience(audience_id))
    received = [
        (connection, audience_id)
        for connection in definitions.connections
        for audience_id in sorted(
            {one.audience_id for one in known.ledger.read(connection.id).audiences} & ids
        )
    ]
    generation = open_store(settings.published).current()
    if not received or generation is None:
        yield
        return
    with run_lease(settings, str(uuid4()), "milepost delete", instance=None):
        for connection, audience_id in received:
            for farewell in say_farewell(definitions, connection, audience_id, generation, known):
                say(f"{farewell.connection_id}, {farewell.audience_id}: {farewell.words}")
        yield
        for connection, audience_id in received:
            is_local = isinstance(definitions.output(connection.output).destination, Local)
            if known.may_leave or is_local:
                forget(known, connection.id, audience_id)


def _without_connections(settings: Settings, connections: tuple[Connection, ...]) -> dict[str, str | None]:
    """The files of the connections as they are then."""
    texts: dict[str, str | None] = {}
    for file in {one.place.file for one in connections}:
        text = (settings.project / file).read_text(encoding="utf-8")
        texts[file] = without_connections(
            text, file, [one.id for one in connections if one.place.file == file]
        )
    return texts


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
