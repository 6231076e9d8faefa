"""`milepost data`: events, attributes, types, tiers, values and counts that were seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import print_json, print_table
from orchestration.cli.options import as_json, with_settings
from transforms.audiences.seen import Seen, SeenAttribute, seen_in
from transforms.definitions.load import load_definitions
from transforms.instants import iso

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import CalculatedAttribute

_PERSONALIZE = "personalize"
_EVENT_NUMBERS = frozenset({"events", "users"})
_ATTRIBUTE_NUMBERS = frozenset({"count", "distinct"})


@click.command()
@as_json
@with_settings
def data(settings: Settings, as_json: bool) -> None:
    """Print what can be named in criteria: what was ingested, with counts."""
    definitions = load_definitions(settings.project)
    tiers = dict(definitions.project.event_tiers)
    seen = seen_in(settings.lake, settings.data / ".spill")
    if as_json:
        print_json(_answer(seen, tiers, definitions.attributes))
    else:
        _print(seen, tiers, definitions.attributes)


def _answer(seen: Seen, tiers: dict[str, str], attributes: tuple[CalculatedAttribute, ...]) -> dict[str, Any]:
    return {
        "events": [
            {
                **asdict(event),
                "tier": tiers.get(event.event_name or "", _PERSONALIZE),
                "first": iso(event.first),
                "last": iso(event.last),
            }
            for event in seen.events
        ],
        "event_attributes": [asdict(attribute) for attribute in seen.event_attributes],
        "user_attributes": [asdict(attribute) for attribute in seen.user_attributes],
        "calculated_attributes": [
            {
                "id": attribute.id,
                "name": attribute.name,
                "gives": attribute.calculation.function.gives,
                "definition": list(attribute.calculation.lines()),
                "inputs": list(attribute.inputs),
            }
            for attribute in attributes
        ],
        "identities": [asdict(identity) for identity in seen.identities],
    }


def _print(seen: Seen, tiers: dict[str, str], attributes: tuple[CalculatedAttribute, ...]) -> None:
    print_table(
        ("event type", "name", "custom type", "input", "tier", "events", "users", "first", "last"),
        [
            (
                event.event_type,
                event.event_name,
                event.custom_type,
                event.source,
                tiers.get(event.event_name or "", _PERSONALIZE),
                event.count,
                event.users,
                f"{event.first:%Y-%m-%d}",
                f"{event.last:%Y-%m-%d}",
            )
            for event in seen.events
        ],
        _EVENT_NUMBERS,
    )
    click.echo()
    print_table(
        ("event type", "event", "attribute", "kind", "count", "distinct", "values"),
        [
            (attribute.event_type, attribute.event_name, *_cells(attribute))
            for attribute in seen.event_attributes
        ],
        _ATTRIBUTE_NUMBERS,
    )
    click.echo()
    print_table(
        ("workspace", "user attribute", "kind", "count", "distinct", "values"),
        [(attribute.workspace, *_cells(attribute)) for attribute in seen.user_attributes],
        _ATTRIBUTE_NUMBERS,
    )
    if attributes:
        click.echo()
        print_table(
            ("calculated attribute", "gives", "definition"),
            [
                (
                    attribute.id,
                    attribute.calculation.function.gives,
                    "; ".join(attribute.calculation.lines()),
                )
                for attribute in attributes
            ],
        )
    click.echo()
    print_table(
        ("identity type", "users", "values"),
        [(identity.identity_type, identity.users, identity.values) for identity in seen.identities],
        frozenset({"users", "values"}),
    )


def _cells(attribute: SeenAttribute) -> tuple[object, ...]:
    return (
        attribute.name,
        attribute.kind,
        attribute.count,
        attribute.distinct_values,
        attribute.values,
    )
