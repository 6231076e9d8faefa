"""`milepost dev`: the Dagster UI."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click

from orchestration.cli.options import with_settings
from orchestration.instance import prepare_instance
from orchestration.preparation import prepare

if TYPE_CHECKING:
    from orchestration.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=3000, show_default=True)
@with_settings
def dev(settings: Settings, host: str, port: int) -> int:
    """Start the Dagster UI on this project: graph, schedule, sensor, checks, backfills."""
    prepare(settings)
    prepare_instance(settings)
    click.echo(f"The Dagster UI will be at http://{host}:{port}", err=True)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions"]
    return subprocess.run([*command, "-h", host, "-p", str(port)], check=False).returncode  # noqa: S603
