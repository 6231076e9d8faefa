"""`milepost profile`: what is known of a user, masked unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import print_json
from orchestration.cli.options import as_json, with_settings
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.known import holders, known_user, masked
from transforms.audiences.stored import stored_as_of
from transforms.errors import Problem, UserError, failure
from transforms.instants import iso
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from orchestration.settings import Settings
    from transforms.audiences.known import KnownUser

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


# mpids may be negative: `-5` is an argument here, not an option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("mpid", required=False, type=click.IntRange(_SMALLEST, _LARGEST))
@click.option("--identity", help="A user by an identity, as `email=ana@example.com`.")
@click.option("--reveal", is_flag=True, help="Print values as they are.")
@as_json
@with_settings
def profile(settings: Settings, mpid: int | None, identity: str | None, reveal: bool, as_json: bool) -> None:
    """Print what is known of the user MPID at the newest as_of: values are masked."""
    if (mpid is None) == (identity is None):
        raise UserError(Problem("CLI-002", "name a user, either by MPID or by --identity TYPE=VALUE"))
    generation, as_of = stored_as_of(open_store(settings.published).current(), None)
    spill = settings.data / ".spill"
    if mpid is None:
        mpid = _holder(generation, identity or "", spill)
    user = known_user(generation, as_of, mpid, spill)
    if not user.is_known:
        raise failure("unknown-user", f"nothing is known of this user at {iso(as_of)}")
    answer = _answer(user, as_of, (lambda value: value) if reveal else masked)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _holder(generation: Generation, identity: str, spill: Path) -> int:
    kind, _, value = identity.partition("=")
    if kind not in IDENTITY_TYPES or not value:
        raise UserError(Problem("CLI-003", "--identity is TYPE=VALUE", allowed=IDENTITY_TYPES))
    match holders(generation, kind, value, spill):
        case ():
            raise failure("unknown-user", "no user has this identity")
        case (mpid,):
            return mpid
        case several:
            message = f"{len(several)} users have this identity"
            known = tuple(map(str, several))
            raise failure("several-users", message, hint="name one by its mpid", allowed=known)


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
