"""`milepost show`: one audience, its definition in plain words, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exports.ledger.ledger import Ledger
from orchestration.authorship import authorship
from orchestration.cli.answers import UNKNOWN, age_in_words, print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.redefinitions import redefined_in_words
from orchestration.clock import now
from orchestration.definition_hashes import redefined_since
from orchestration.lease import being_calculated
from orchestration.watching import findings
from transforms.audiences.activation import connections_of, needed_by
from transforms.audiences.catalogue import catalogue
from transforms.audiences.generations import open_store
from transforms.audiences.stored import find_audience, last_figures, refuse_orphan, variant_sizes
from transforms.audiences.words import definition_lines
from transforms.definitions.load import load_definitions
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.definitions.connection_records import Connection


@click.command()
@click.argument("audience")
@as_json
@with_settings
def show(settings: Settings, audience: str, as_json: bool) -> None:
    """Print what AUDIENCE is: criteria with their effective windows, figures, variants, connections."""
    definitions = load_definitions(settings.project)
    generation = open_store(settings.published).current()
    refuse_orphan(definitions, generation, audience)
    found = find_audience(definitions, audience)
    looks = findings(settings, definitions)
    row = next(
        row
        for row in catalogue(
            definitions,
            generation,
            faulted={finding.audience_id for finding in looks if finding.subject == "faulted"},
            calculating=being_calculated(settings.data),
        )
        if row.id == audience
    )
    sizes: dict[str, int] = {}
    if generation is not None and row.figures is not None:
        sizes = variant_sizes(
            generation, row.figures.as_of, row.figures.audience_id, settings.data / ".spill"
        )
    figures = row.figures
    last = None if generation is None else last_figures(generation, found)
    shown = figures or last
    since = redefined_since(settings, definitions, generation, shown.as_of if shown else None)
    changed = list(since.get(found.id, ()))
    written = authorship(settings.project, (found.place.file,)).get(found.place.file)
    shares = {name: share / 100 for name, share in (found.ab_test.arms if found.ab_test else ())}
    answer: dict[str, Any] = {
        "id": found.id,
        "name": found.name,
        "external_name": found.external_name,
        "journey": found.journey,
        "parent": found.parent,
        "state": row.state,
        "file": str(found.place),
        "tags": list(found.tags),
        "owner": found.owner,
        "access": found.access,
        "updated_at": iso(written.updated_at) if written else None,
        "created_by": written.created_by if written else None,
        "workspaces": list(found.workspaces),
        "inputs": list(found.inputs),
        "lookback": found.lookback.text if found.lookback else "unlimited",
        "definition": list(definition_lines(definitions, found)),
        "needs": list(needed_by(found)),
        "as_of": iso(figures.as_of) if figures else None,
        "size": figures.size if figures else None,
        "adds": figures.adds if figures else None,
        "drops": figures.drops if figures else None,
        "volatility": figures.volatility if figures else None,
        "redefined": changed if figures else None,
        "deserves_a_look": {
            finding.subject: finding.text for finding in looks if finding.audience_id == found.id
        },
        "last_calculated": {"as_of": iso(last.as_of), "size": last.size, "redefined": changed}
        if last
        else None,
        "variants": [
            {"name": name, "share": share, "size": sizes.get(name, 0) if figures else None}
            for name, share in shares.items()
        ],
        "connections": [
            {
                "id": connection.id,
                "output": connection.output,
                "variant": connection.variant,
                "status": connection.status,
                **_received(settings, connection, found.id),
            }
            for connection in connections_of(definitions, found.id)
        ],
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer, figures.as_of if figures else None)


def _received(settings: Settings, connection: Connection, audience_id: str) -> dict[str, Any]:
    """The as_of that the partner has of an audience, and the requests of it that it still works on."""
    known = Ledger(settings.connection_ledger).read(connection.id)
    received = known.audience(audience_id, connection.variant)
    as_of = None if received.as_of is None else iso(received.as_of)
    return {"delivered": as_of, "at_work": len(received.jobs)}


def _print(answer: dict[str, Any], as_of: datetime | None) -> None:
    click.echo(f"{answer['id']}: {answer['name']}")
    for key in (
        "external_name",
        "journey",
        "parent",
        "state",
        "file",
        "tags",
        "owner",
        "access",
        "created_by",
        "updated_at",
        "workspaces",
        "inputs",
        "lookback",
        "needs",
    ):
        value = answer[key]
        text = ", ".join(value) if isinstance(value, list) else value
        if text:
            click.echo(f"  {key.replace('_', ' ')}: {text}")
    click.echo("definition")
    for line in answer["definition"]:
        click.echo(f"  {line}")
    if as_of is None:
        last = _last(answer["id"], answer["last_calculated"])
        click.echo(f"not calculated{last}: `milepost estimate {answer['id']}` estimates it")
    else:
        age = age_in_words(now() - as_of)
        click.echo(
            f"size {answer['size']:,}, as of {answer['as_of']}, {age} old{_changed(answer['id'], answer['redefined'])}"
        )
        figures = (f"{key} {UNKNOWN if answer[key] is None else answer[key]}" for key in ("adds", "drops"))
        volatility = UNKNOWN if answer["volatility"] is None else f"{answer['volatility']:.1%}"
        click.echo(f"  {', '.join(figures)}, volatility {volatility}")
    for subject, text in answer["deserves_a_look"].items():
        click.echo(f"{subject}: {text}")
    for variant in answer["variants"]:
        size = UNKNOWN if variant["size"] is None else f"{variant['size']:,}"
        click.echo(f"variant {variant['name']}: {size} ({variant['share']:g} %)")
    for connection in answer["connections"]:
        of = f", variant {connection['variant']}" if connection["variant"] else ""
        last = f", delivered as of {connection['delivered']}" if connection["delivered"] else ""
        if connection["at_work"]:
            last += f", still at work there on requests of it: {connection['at_work']:,}"
        click.echo(
            f"connection {connection['id']}: to {connection['output']}{of}, {connection['status']}{last}"
        )


def _last(audience_id: str, stored: dict[str, Any] | None) -> str:
    """A size that an earlier run stored, with its instant."""
    if stored is None:
        return ""
    changed = _changed(audience_id, stored["redefined"])
    members = "1 member" if stored["size"] == 1 else f"{stored['size']:,} members"
    return f" since {stored['as_of']}, when it had {members}{changed}"


def _changed(audience_id: str, changed: list[str]) -> str:
    words = redefined_in_words(audience_id, changed)
    return f", {words}" if words else ""
