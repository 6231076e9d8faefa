"""`milepost simulate`: seeded event batches of any size."""

from __future__ import annotations

import gzip
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import click
from rich.console import Console
from rich.progress import Progress

from orchestration.cli.options import as_json, with_settings
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError
from transforms.ingest.landing import landing_folder
from transforms.simulation.plan import SimulatedFile, SimulationPlan, Tally
from transforms.simulation.simulate import simulate as simulated_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.settings import Settings


@click.command("simulate")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--into", help="An input of the project, workspace/name: writes into its landing folder.")
@click.option("--users", default=1_000, show_default=True, help="People to draw from.")
@click.option("--events", default=20_000, show_default=True, help="Distinct events over all days.")
@click.option("--days", default=30, show_default=True, help="Days, one file each.")
@click.option("--end", help="The UTC midnight that the last day ends at, YYYY-MM-DD.  [default: today]")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same bytes.")
@click.option("--late", default=0.01, show_default=True, help="Share of batches in the file of a later day.")
@click.option("--duplicates", default=0.01, show_default=True, help="Share of lines that come again.")
@click.option("--malformed", default=0.001, show_default=True, help="Bad lines for each good one.")
@click.option("--event-names", default=60, show_default=True, help="Names of custom events.")
@click.option("--gzip", "is_compressed", is_flag=True, help="Write .json.gz.")
@as_json
@with_settings
def simulate(
    settings: Settings,
    folder: Path | None,
    into: str | None,
    users: int,
    events: int,
    days: int,
    end: str | None,
    seed: int,
    late: float,
    duplicates: float,
    malformed: float,
    event_names: int,
    is_compressed: bool,
    as_json: bool,
) -> None:
    """Write seeded event batches: one file a day, one batch a line.

    All event types, identities, devices, consent and places of made-up people, with late, repeated and bad
    lines. A file's modification time is the end of its day.
    """
    target = _target(settings, folder, into)
    plan = SimulationPlan(
        seed=seed,
        users=users,
        events=events,
        days=days,
        end=_end(end),
        late_rate=late,
        duplicate_rate=duplicates,
        malformed_rate=malformed,
        event_names=event_names,
    )
    target.mkdir(parents=True, exist_ok=True)
    written = Tally()
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("simulating", total=plan.days)
        for file in simulated_files(plan):
            _write(target, file, is_compressed=is_compressed)
            written = written + file.tally
            progress.advance(task)
    _tell(target, plan, written, as_json=as_json)


def _target(settings: Settings, folder: Path | None, into: str | None) -> Path:
    if (folder is None) == (into is None):
        raise UserError(
            Problem("SIM-010", "say where to write: either a folder or --into", allowed=("DIR", "--into W/I"))
        )
    if folder is not None:
        return folder
    inputs = {source.key: source for source in load_definitions(settings.project).project.inputs}
    batches = tuple(key for key, source in inputs.items() if source.format == "batches")
    if into not in batches:
        problem = Problem(
            "SIM-011", f"the project has no input {into} of the format batches", allowed=batches
        )
        raise UserError(problem)
    return landing_folder(inputs[into], settings.data)


def _end(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise UserError(Problem("SIM-012", "--end is not a date", allowed=("YYYY-MM-DD",))) from None


def _write(target: Path, file: SimulatedFile, *, is_compressed: bool) -> None:
    """Under a hidden name first, so that an ingest at the same time never sees half a file."""
    path = target / (f"{file.name}.gz" if is_compressed else file.name)
    hidden = path.with_name(f".{path.name}.tmp")
    with _opened(hidden, is_compressed=is_compressed) as sink:
        sink.writelines(file.lines)
    seconds = int(file.arrives_at.replace(tzinfo=UTC).timestamp())
    os.utime(hidden, (seconds, seconds))
    hidden.replace(path)


@contextmanager
def _opened(path: Path, *, is_compressed: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        if not is_compressed:
            yield raw
            return
        # No name and no time in the header: the same bytes for the same seed.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as compressed:
            yield cast("IO[bytes]", compressed)


def _tell(target: Path, plan: SimulationPlan, written: Tally, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"folder": str(target), "files": plan.days, **vars(written)}))
        return
    click.echo(f"{plan.days} files in {target}")
    click.echo(f"{written.events:,} events in {written.batches:,} batches")
    click.echo(f"{written.late_events:,} of them late, in {written.late_batches:,} batches")
    click.echo(f"{written.duplicate_events:,} events again, in {written.duplicate_batches:,} batches")
    click.echo(f"{written.malformed:,} bad lines, {written.bad_events:,} bad events")
