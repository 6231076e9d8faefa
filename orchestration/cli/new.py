"""`milepost new`: a definition at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from orchestration.cli.options import with_settings
from orchestration.definition_files import change_files
from transforms.definitions.editing import JourneyText
from transforms.definitions.load import load_definitions
from transforms.definitions.vocabulary import ID_PATTERN
from transforms.documents.report import nearest
from transforms.errors import Place, Problem, UserError, failure

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Journey

_PLACEHOLDER = "{event: {name: Name of an event}}"
_SCHEMA = "# yaml-language-server: $schema=../schemas/{kind}.schema.json\n"

_criteria = click.option(
    "--criteria",
    metavar="YAML",
    default=_PLACEHOLDER,
    help="What it looks for, in one line. Default: an event to be named.",
)


@click.group()
def new() -> None:
    """Write a definition at its place."""


@new.command("audience")
@click.argument("audience_id", metavar="ID")
@_criteria
@with_settings
def new_audience(settings: Settings, audience_id: str, criteria: str) -> None:
    """Write audiences/ID.yml."""
    check_id(audience_id)
    file = f"audiences/{audience_id}.yml"
    refuse_existing(settings, file)
    text = f"{_SCHEMA.format(kind='audience')}audience: {audience_id}\ncriteria: {_one_line(criteria)}\n"
    change_files(settings.project, {file: text})
    click.echo(f"wrote {file}")


@new.command("journey")
@click.argument("journey_id", metavar="ID")
@with_settings
def new_journey(settings: Settings, journey_id: str) -> None:
    """Write journeys/ID.yml, which has no milestone yet."""
    check_id(journey_id)
    file = f"journeys/{journey_id}.yml"
    refuse_existing(settings, file)
    text = f"{_SCHEMA.format(kind='journey')}journey: {journey_id}\nmilestones: []\n"
    change_files(settings.project, {file: text})
    click.echo(f"wrote {file}")


@new.command("milestone")
@click.argument("journey_id", metavar="JOURNEY")
@click.argument("milestone_id", metavar="ID")
@click.option(
    "--under", metavar="MILESTONE", help="The milestone that it follows. Default: it begins the journey."
)
@click.option(
    "--before",
    metavar="MILESTONE",
    help="The path that it is left of. Default: the last, before what remains.",
)
@click.option("--remaining", is_flag=True, help="Everyone of the step above who is in no other path.")
@_criteria
@with_settings
def new_milestone(
    settings: Settings,
    journey_id: str,
    milestone_id: str,
    under: str | None,
    before: str | None,
    criteria: str,
    remaining: bool,
) -> None:
    """Write a milestone into the file of JOURNEY."""
    check_id(milestone_id)
    file = _journey(settings, journey_id).place.file
    path = settings.project / file
    journey = JourneyText(path.read_text(encoding="utf-8"), file)
    said = "remaining: true" if remaining else f"criteria: {_one_line(criteria)}"
    text = journey.with_milestone([f"milestone: {milestone_id}", said], under, before)
    change_files(settings.project, {file: text})
    click.echo(f"wrote {journey_id}__{milestone_id} into {file}")


def _journey(settings: Settings, journey_id: str) -> Journey:
    journeys = load_definitions(settings.project).journeys
    for journey in journeys:
        if journey.id == journey_id:
            return journey
    near = nearest(journey_id, [journey.id for journey in journeys])
    raise failure(
        "unknown-journey",
        f"there is no journey `{journey_id}`",
        hint=f"did you mean `{near}`?" if near else "`milepost new journey ID` writes one",
    )


def check_id(identifier: str) -> None:
    """UserError EDT-004 where it can't be an id of this project."""
    if not re.match(ID_PATTERN, identifier):
        raise UserError(
            Problem(
                "EDT-004",
                "this is no id",
                allowed=("lower-case letters, digits and single _, a letter first, at most 63 characters",),
            )
        )


def _one_line(criteria: str) -> str:
    """Of several lines only the first would stand where it belongs."""
    if "\n" in criteria or "\r" in criteria:
        raise UserError(
            Problem("EDT-005", "criteria are given in one line", hint="write them into the file afterwards")
        )
    return criteria


def refuse_existing(settings: Settings, file: str) -> None:
    """UserError EDT-006 where the project has this file."""
    if (settings.project / file).exists():
        raise UserError(
            Problem("EDT-006", "this file is there already", Place(file), hint="choose another id")
        )
