"""`milepost estimate`: sizes of audiences, milestones and criteria before they are calculated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option, print_json
from orchestration.cli.estimated_sizes import answer_of, text_of
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.clock import now
from orchestration.definition_hashes import definition_hashes
from orchestration.estimating import instant_of_estimates, opened_sets
from transforms.audiences.estimates import estimated_audiences, real_sizes, unready_audiences
from transforms.audiences.generations import open_store
from transforms.audiences.redefined import hashed
from transforms.audiences.stored import find_audience
from transforms.definitions.load import load_estimable

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.definitions.records import Audience, Definitions


@click.command()
@click.argument("named", metavar="[AUDIENCE | JOURNEY | FILE]", required=False)
@click.option(
    "--as-of",
    metavar="T",
    callback=instant_option,
    help="The instant to estimate at, UTC. Default: that of the newest run, else the end of the last ingest.",
)
@as_json
@with_settings
def estimate(settings: Settings, named: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Estimate how many users are in AUDIENCE, in each milestone of JOURNEY or in what FILE defines, and how many
    each criterion holds for; without a name, in everything.

    FILE is one of the project's, or a draft that lies elsewhere: it is taken for a part of the project, in the place of
    what the project has of its id. A size that was calculated is shown as it is.
    """
    beside = _beside(settings, named)
    definitions, unconfigured = load_estimable(settings.project, beside)
    chosen = _chosen(settings, definitions, named)
    read_at = now()
    generation = open_store(settings.published).current()
    estimated_at = as_of or instant_of_estimates(settings, generation) or read_at
    with (
        progress("estimate"),
        opened_sets(
            settings, definitions, generation, estimated_at, lambda words: click.echo(words, err=True)
        ) as (sets, sample),
    ):
        hashes = definition_hashes(settings, definitions) if beside is None else hashed(definitions)
        real = real_sizes(chosen, definitions, hashes, generation, as_of)
        known = {**real, **unready_audiences(definitions, unconfigured)}
        found = estimated_audiences(sets, definitions, sample, chosen, known)
    if as_json:
        print_json(answer_of(found, sample, estimated_at, read_at))
    else:
        lines = text_of(found, sample, estimated_at, read_at)
        click.echo("".join(f"{line}\n" for line in lines), nl=False)


def _beside(settings: Settings, named: str | None) -> tuple[Path, str] | None:
    """A file that is none of the project's definitions, with the name that it was given."""
    if named is None or not Path(named).is_file() or _project_file(settings, named) is not None:
        return None
    return Path(named), named


def _project_file(settings: Settings, named: str) -> str | None:
    """The file of this name relative to the project folder, where it is one that is read as a definition."""
    path = Path(named).resolve()
    if path.parent not in (settings.project / "audiences", settings.project / "journeys"):
        return None
    return path.relative_to(settings.project).as_posix()


def _chosen(settings: Settings, definitions: Definitions, named: str | None) -> tuple[Audience, ...]:
    """The audiences of a name: an id, a journey's id, or a file."""
    if named is None:
        return definitions.audiences
    journey = next((one for one in definitions.journeys if one.id == named), None)
    if journey is not None:
        return tuple(map(definitions.audience, journey.milestones))
    file = (_project_file(settings, named) or named) if Path(named).is_file() else None
    inside = tuple(one for one in definitions.audiences if one.place.file == file)
    return inside or (find_audience(definitions, named),)
