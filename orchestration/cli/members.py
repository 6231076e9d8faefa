"""`milepost members`: who is in an audience, one mpid a line."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option
from orchestration.cli.options import as_json, with_settings
from transforms.audiences import stored
from transforms.audiences.attribute_values import member_values
from transforms.audiences.generations import open_store
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.attribute_values import AttributeValue

_LINES_AT_ONCE = 50_000


@click.command()
@click.argument("audience")
@click.option("--variant", help="Members of one variant of the A/B test.")
@click.option("--as-of", callback=instant_option, help="Another stored instant than the newest.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many, the smallest first.")
@click.option(
    "--with",
    "attribute",
    help="Add a calculated attribute, else a user attribute, after a tab; at the newest as_of alone.",
)
@as_json
@with_settings
def members(
    settings: Settings,
    audience: str,
    variant: str | None,
    as_of: datetime | None,
    limit: int | None,
    attribute: str | None,
    as_json: bool,
) -> None:
    """Print the members of AUDIENCE, sorted as numbers."""
    generation, read_at = stored.stored_as_of(open_store(settings.published).current(), as_of)
    if attribute is not None and read_at != generation.newest:
        raise failure("attributes-not-stored", "attributes are stored for the newest as_of alone")
    spill = settings.data / ".spill"
    found_as = audience
    if audience not in generation.calculated(read_at) or variant is not None:
        # Imported here: definitions bring sqlglot and arrow, half a second that a plain list need not wait for.
        from transforms.definitions.load import load_definitions

        definitions = load_definitions(settings.project)
        found_as = stored.stored_id(definitions, generation, read_at, audience)
        if variant is not None:
            stored.check_variant(definitions, generation, read_at, audience, variant, spill)
    if attribute is not None:
        known = member_values(generation, found_as, (attribute,), spill, variant=variant, limit=limit)
        pairs = ((mpid, _text(values.get(attribute))) for mpid, values in known)
        lines = (f"{mpid}\t{_one_line(value)}\n" for mpid, value in pairs)
        elements = (
            json.dumps({"mpid": str(mpid), attribute: value}, ensure_ascii=False) for mpid, value in pairs
        )
    else:
        mpids = stored.members(generation, read_at, found_as, spill, variant=variant, limit=limit)
        lines = (f"{mpid}\n" for mpid in mpids)
        # As text: many readers of JSON take numbers for floats and lose bits.
        elements = (f'"{mpid}"' for mpid in mpids)
    if as_json:
        head = json.dumps(
            {"audience": audience, "variant": variant, "as_of": iso(read_at)}, ensure_ascii=False
        )
        _print(chain((f'{head[:-1]}, "members": [',), _separated(elements), ("]}\n",)))
    else:
        _print(lines)


def _text(value: AttributeValue | None) -> str | None:
    """The elements of a list are joined by `, `."""
    if not isinstance(value, tuple):
        return value
    return ", ".join(element for element in value if element is not None)


def _one_line(value: str | None) -> str:
    """A value that can't begin a line or a column of its own."""
    return " ".join((value or "").split())


def _separated(elements: Iterator[str]) -> Iterator[str]:
    for place, element in enumerate(elements):
        yield f"{', ' if place else ''}{element}"


def _print(parts: Iterator[str]) -> None:
    """Many short texts at once: a call of echo for each of a million mpids takes seconds."""
    waiting: list[str] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) >= _LINES_AT_ONCE:
            click.echo("".join(waiting), nl=False)
            waiting.clear()
    click.echo("".join(waiting), nl=False)
