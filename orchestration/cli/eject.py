"""`milepost eject`: hands a generated model to the analyst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.options import with_settings
from transforms.compiler.emit import eject_model
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from orchestration.settings import Settings


@click.command()
@click.argument("audience")
@with_settings
def eject(settings: Settings, audience: str) -> int:
    """Make the model of AUDIENCE yours: it moves to models/milestones/custom, and compile leaves it alone."""
    click.echo(eject_model(settings.project, load_definitions(settings.project), audience))
    return 0
