"""`milepost download`: a ZIP of members with their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exports.download import DownloadRequest, write_download
from orchestration.cli.answers import print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.clock import now
from transforms.audiences.generations import open_store
from transforms.audiences.stored import check_variant, stored_as_of, stored_id
from transforms.definitions.load import load_definitions
from transforms.documents.report import nearest
from transforms.errors import Problem, UserError
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions

ALL = "all"


@click.command()
@click.argument("audiences", nargs=-1, required=True, metavar="AUDIENCE...")
@click.option("--variants", help="A file for each of these variants, comma separated, or `all`.")
@click.option("--identities", help="Only these identity types, comma separated.")
@click.option(
    "--sample", type=click.IntRange(min=1), help="Only so many members of each file, always the same."
)
@as_json
@with_settings
def download(
    settings: Settings,
    audiences: tuple[str, ...],
    variants: str | None,
    identities: str | None,
    sample: int | None,
    as_json: bool,
) -> None:
    """Write a ZIP with a CSV for each AUDIENCE, or for each of its variants, and print its path."""
    generation, as_of = stored_as_of(open_store(settings.published).current(), None)
    definitions = load_definitions(settings.project)
    types = _identity_types(identities)
    parts = tuple(
        part
        for audience in dict.fromkeys(audiences)
        for part in _parts(definitions, generation, as_of, audience, variants, settings.data / ".spill")
    )
    request = DownloadRequest(parts, as_of, types, sample)
    found = write_download(settings.downloads, generation, request, now())
    if as_json:
        print_json({"path": str(found.path), "manifest": found.manifest})
    else:
        click.echo(str(found.path))


def _identity_types(written: str | None) -> tuple[str, ...]:
    """The types asked for, in the order of the contract; every type where none is named."""
    asked = IDENTITY_TYPES if written is None else tuple(name.strip() for name in written.split(","))
    unknown = tuple(name for name in asked if name not in IDENTITY_TYPES)
    problems = [
        Problem(
            "CLI-004",
            f"unknown identity type `{name}`",
            allowed=IDENTITY_TYPES,
            hint=f"did you mean `{near}`?" if (near := nearest(name, IDENTITY_TYPES)) else "",
        )
        for name in unknown
    ]
    if problems:
        raise UserError(*problems)
    return tuple(kind for kind in IDENTITY_TYPES if kind in asked)


def _parts(
    definitions: Definitions,
    generation: Generation,
    as_of: datetime,
    audience: str,
    variants: str | None,
    spill: Path,
) -> tuple[tuple[str, str | None], ...]:
    """The files of one audience: the whole, or its variants. With `all` one without a test is whole."""
    found_as = stored_id(definitions, generation, as_of, audience)
    if variants is None:
        return ((found_as, None),)
    defined = next((found.variants for found in definitions.audiences if found.id == audience), ())
    if variants == ALL:
        return tuple((found_as, variant) for variant in defined) or ((found_as, None),)
    asked = tuple(dict.fromkeys(name.strip() for name in variants.split(",")))
    for variant in asked:
        check_variant(definitions, generation, as_of, audience, variant, spill)
    return tuple((found_as, variant) for variant in asked)
