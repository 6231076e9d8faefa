"""`milepost ingest`."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import print_json, print_table
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.run_lease import run_lease
from transforms.audiences.activation import needed_lists
from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists
from transforms.ingest.run import ingest as ingest_landing

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.ingest.counts import Counts

_HEADER = ("input", "file", "status", "records", "quarantined", "events", "kept", "duplicate", "bad events")


@click.command()
@as_json
@with_settings
def ingest(settings: Settings, as_json: bool) -> None:
    """Bring in what landed since the last time."""
    definitions = load_definitions(settings.project)
    project = definitions.project
    with (
        run_lease(settings, str(uuid.uuid4()), "milepost ingest", instance=None),
        progress("ingest"),
    ):
        report = ingest_landing(
            project.inputs, settings.data, project.login_identities, project.ip_geolocation
        )
        take_in_lists(settings.project, settings.lake, needed_lists(definitions))
    if as_json:
        print_json({**asdict(report), "totals": asdict(report.totals)})
        return
    rows = [(file.input, file.path, file.status, *_counts(file.counts)) for file in report.files]
    if rows:
        print_table(_HEADER, [*rows, ("all", None, None, *_counts(report.totals))], frozenset(_HEADER[3:]))
    else:
        click.echo(f"nothing new; {report.unchanged_files} files are known")


def _counts(counts: Counts) -> tuple[int, ...]:
    return (
        counts.records_read,
        counts.records_quarantined,
        counts.events_read,
        counts.events_kept,
        counts.events_duplicate,
        counts.events_quarantined,
    )
