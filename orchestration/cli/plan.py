"""`milepost plan`: what a change of definitions would do before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option, print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.planned_changes import answer_of, markdown_of, text_of
from orchestration.cli.progress import progress
from orchestration.clock import now
from orchestration.planning import compared
from transforms.audiences.generations import open_store
from transforms.errors import SOMETHING_TO_DO
from transforms.ingest.ledger import ended_at

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings


@click.command()
@click.option(
    "--against",
    metavar="REVISION",
    default="HEAD",
    show_default=True,
    help="The git revision to compare the working tree with, or two of them: A..B.",
)
@click.option(
    "--who", metavar="AUDIENCE", help="Print who would enter (+) and leave (-) AUDIENCE, one mpid a line."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a comment for a pull request.")
@click.option(
    "--as-of",
    metavar="T",
    callback=instant_option,
    help="The instant to compare at, UTC. Default: that of the newest run, else the end of the last ingest.",
)
@as_json
@with_settings
def plan(
    settings: Settings,
    against: str,
    who: str | None,
    as_of: datetime | None,
    as_markdown: bool,
    as_json: bool,
) -> int:
    """Show what the edits in the working tree would do: sizes now and then, who moves, what connections would send.

    Both sides are computed over the same data, and nothing is written. Exits 3 where something would change.
    """
    read_at = now()
    generation = open_store(settings.published).current()
    newest = None if generation is None else generation.newest
    instant = as_of or newest or ended_at(settings.data) or read_at
    with (
        progress("plan"),
        compared(settings, against, generation, instant, lambda words: click.echo(words, err=True)) as sides,
    ):
        entering, leaving = sides.who(who) if who else ((), ())
        found = sides.plan() if who is None else None
    if found is None:
        lines = [*(f"+ {mpid}" for mpid in entering), *(f"- {mpid}" for mpid in leaving)]
        click.echo("".join(f"{line}\n" for line in lines), nl=False)
        return SOMETHING_TO_DO if lines else 0
    if as_json:
        print_json(answer_of(found, against, instant))
    else:
        write = markdown_of if as_markdown else text_of
        click.echo("".join(f"{line}\n" for line in write(found, against, instant)), nl=False)
    return 0 if found.is_empty else SOMETHING_TO_DO
