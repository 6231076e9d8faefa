"""`milepost freeze`: the members of an audience as a list that criteria can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option
from orchestration.cli.new import check_id, refuse_existing
from orchestration.cli.options import with_settings
from transforms.audiences.generations import open_store
from transforms.audiences.stored import check_variant, members, stored_as_of, stored_id
from transforms.definitions.list_files import list_path
from transforms.definitions.load import load_definitions
from transforms.durable import replacing
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings


@click.command()
@click.argument("audience", metavar="AUDIENCE")
@click.option("--as", "name", metavar="NAME", required=True, help="The name of the list.")
@click.option("--variant", metavar="V", help="Only the members of this variant of the A/B test.")
@click.option(
    "--as-of", metavar="T", callback=instant_option, help="A stored as_of, UTC. Default: the newest."
)
@with_settings
def freeze(settings: Settings, audience: str, name: str, variant: str | None, as_of: datetime | None) -> None:
    """Write the members of AUDIENCE into lists/NAME.csv, with their as_of and the hash of its definition.

    `list: NAME` is then a criterion for exactly these users, whatever becomes of the audience.
    """
    check_id(name)
    definitions = load_definitions(settings.project)
    generation, instant = stored_as_of(open_store(settings.published).current(), as_of)
    stored = stored_id(definitions, generation, instant, audience)
    spill = settings.data / ".spill"
    if variant is not None:
        check_variant(definitions, generation, instant, audience, variant, spill)
    file = list_path(name)
    refuse_existing(settings, file)
    path = settings.project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    of_variant = f", variant {variant}" if variant else ""
    counted = 0
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as opened:
        opened.write(f"# The members of {audience}{of_variant} as of {iso(instant)}.\n")
        opened.write(f"# Definition {generation.calculated(instant)[stored].definition_hash}.\n")
        opened.write("mpid\n")
        for mpid in members(generation, instant, stored, spill, variant=variant):
            opened.write(f"{mpid}\n")
            counted += 1
    click.echo(f"wrote {file}: {counted:,} users as of {iso(instant)}")
