"""`milepost report`: the web pages, a catalogue of audiences and a canvas for every journey."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.reporting import write_report
from transforms.definitions.load import load_estimable
from transforms.instants import iso

if TYPE_CHECKING:
    from orchestration.settings import Settings


@click.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Another folder than report/ of the data."
)
@as_json
@with_settings
def report(settings: Settings, folder: Path | None, as_json: bool) -> None:
    """Write the web pages: a catalogue of audiences, a canvas for each journey, a page for each audience.

    They work from the file or any static host, fetch nothing and hold figures and definitions alone. The path of the
    first page is printed.
    """
    definitions, unconfigured = load_estimable(settings.project, None)
    target = (folder or settings.report).resolve()
    with progress("report"):
        written = write_report(
            settings, definitions, target, lambda words: click.echo(words, err=True), unconfigured
        )
    if as_json:
        print_json(
            {
                "index": str(written.index),
                "pages": written.pages,
                "audiences": written.audiences,
                "journeys": written.journeys,
                "as_of": iso(written.as_of) if written.as_of else None,
            }
        )
    else:
        click.echo(written.index)
