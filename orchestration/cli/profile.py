"""`milepost profile`: what is known of a user, masked unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.users import (
    NEGATIVE_NUMBERS,
    check_named,
    named_user,
    one_user,
    reveal_values,
    shown_values,
)
from transforms.audiences.generations import open_store
from transforms.audiences.known import known_user
from transforms.audiences.stored import stored_as_of
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.known import KnownUser


@click.command(context_settings=NEGATIVE_NUMBERS)
@one_user
@reveal_values
@as_json
@with_settings
def profile(settings: Settings, mpid: int | None, identity: str | None, reveal: bool, as_json: bool) -> None:
    """Print what is known of the user MPID at the newest as_of: values are masked."""
    check_named(mpid, identity)
    generation, as_of = stored_as_of(open_store(settings.published).current(), None)
    spill = settings.data / ".spill"
    user = known_user(generation, as_of, named_user(generation, mpid, identity, spill), spill)
    if not user.is_known:
        raise failure("unknown-user", f"nothing is known of this user at {iso(as_of)}")
    answer = _answer(user, as_of, shown_values(reveal))
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _answer(user: KnownUser, as_of: datetime, shown: Callable[[str], str]) -> dict[str, Any]:
    def elements(values: tuple[str | None, ...]) -> list[str | None]:
        return [None if value is None else shown(value) for value in values]

    return {
        "mpid": str(user.mpid),
        "as_of": iso(as_of),
        "profiles": [
            {
                "workspace": found.workspace,
                **{
                    name: iso(instant) if instant else None
                    for name, instant in (
                        ("first_seen", found.first_seen),
                        ("last_seen", found.last_seen),
                        ("first_active", found.first_active),
                        ("last_active", found.last_active),
                    )
                },
            }
            for found in user.profiles
        ],
        "identities": [{"type": kind, "value": shown(value)} for kind, value in user.identities],
        "attributes": [
            {
                "workspace": found.workspace,
                "name": found.name,
                "value": elements(found.elements)
                if found.elements is not None
                else None
                if found.value is None
                else shown(found.value),
            }
            for found in user.attributes
        ],
        "calculated": [
            {
                "id": found.id,
                "value": elements(found.elements) if found.elements is not None else shown(found.value or ""),
            }
            for found in user.calculated
        ],
        "audiences": [{"id": audience, "variant": variant} for audience, variant in user.audiences],
    }


def _print(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['mpid']}, as of {answer['as_of']}")
    for found in answer["profiles"]:
        seen = ", ".join(
            f"{key.replace('_', ' ')} {found[key]}" for key in found if key != "workspace" and found[key]
        )
        click.echo(f"workspace {found['workspace']}: {seen}")
    for found in answer["identities"]:
        click.echo(f"identity {found['type']}: {found['value']}")
    for found in answer["attributes"]:
        value = found["value"]
        text = "(tag)" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"attribute {found['workspace']} {found['name']}: {text}")
    for found in answer["calculated"]:
        value = found["value"]
        click.echo(f"calculated {found['id']}: {', '.join(value) if isinstance(value, list) else value}")
    for found in answer["audiences"]:
        click.echo(f"audience {found['id']}" + (f", variant {found['variant']}" if found["variant"] else ""))
