"""`milepost run` and `milepost backfill`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option, say
from orchestration.cli.figures import answer_figures
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.partitions import end_of
from orchestration.runs import RunRequest
from orchestration.runs import run as execute

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings

_EVERYTHING = click.option(
    "--all", "everything", is_flag=True, help="Calculate every audience, active or not."
)
_AUDIENCES = click.option(
    "--audience",
    "audiences",
    multiple=True,
    metavar="ID",
    help="Calculate this one, too, with what it needs.",
)
_FROZEN = click.option("--frozen", is_flag=True, help="Refuse to run where generated models are out of date.")
_WAIT = click.option("--wait", is_flag=True, help="Wait for a run that is at work.")


@click.command()
@click.option(
    "--as-of",
    metavar="T",
    callback=instant_option,
    help="The instant to evaluate at, UTC. Default: when the ingest ended.",
)
@_EVERYTHING
@_AUDIENCES
@_FROZEN
@_WAIT
@as_json
@with_settings
def run(
    settings: Settings,
    as_of: datetime | None,
    everything: bool,
    audiences: tuple[str, ...],
    frozen: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Ingest, compile what is out of date, compute, publish, export."""
    request = RunRequest(as_of=as_of, everything=everything, audiences=audiences, frozen=frozen, wait=wait)
    with progress("run"):
        definitions = execute(settings, request, say)
    answer_figures(settings, definitions, as_of, as_json=as_json)


@click.command()
@click.argument("first_day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("last_day", type=click.DateTime(["%Y-%m-%d"]))
@_EVERYTHING
@_AUDIENCES
@_FROZEN
@_WAIT
@click.option("--deliver", is_flag=True, help="Deliver exports once, for the last day.")
@as_json
@with_settings
def backfill(
    settings: Settings,
    first_day: datetime,
    last_day: datetime,
    everything: bool,
    audiences: tuple[str, ...],
    frozen: bool,
    wait: bool,
    deliver: bool,
    as_json: bool,
) -> None:
    """Run every day from FIRST_DAY to LAST_DAY (YYYY-MM-DD), both included, as one run."""
    days = [day.date().isoformat() for day in (first_day, last_day)]
    if days[0] > days[1]:
        raise click.UsageError("FIRST_DAY comes after LAST_DAY")
    request = RunRequest(
        first_day=days[0],
        last_day=days[1],
        everything=everything,
        audiences=audiences,
        frozen=frozen,
        wait=wait,
        deliver=deliver,
    )
    with progress("backfill"):
        definitions = execute(settings, request, say, command="milepost backfill")
    answer_figures(settings, definitions, end_of(days[1]), as_json=as_json)
