"""How commands name one user, and show what is personal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from transforms.audiences.known import holders, masked
from transforms.errors import Problem, UserError, failure
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from transforms.audiences.generations import Generation

#: The type of an option or argument that is an mpid.
MPID = click.IntRange(-(2**63), 2**63 - 1)

#: For commands that take an mpid, which may be negative: `-5` is an argument there, not an option.
NEGATIVE_NUMBERS = {"ignore_unknown_options": True}

reveal_values = click.option("--reveal", is_flag=True, help="Print values as they are.")


def one_user(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument `mpid` and the option `identity`, of which one names the user."""
    number = click.argument("mpid", required=False, type=MPID)
    identity = click.option("--identity", help="A user by an identity, as `email=ana@example.com`.")
    return number(identity(command))


def check_named(mpid: int | None, identity: str | None) -> None:
    """UserError (exit status 2) unless a user is named in exactly one way."""
    if (mpid is None) == (identity is None):
        raise UserError(Problem("CLI-002", "name a user, either by MPID or by --identity TYPE=VALUE"))


def named_user(generation: Generation, mpid: int | None, identity: str | None, spill: Path) -> int:
    """The mpid of the user who is named, by an identity at the newest as_of where it is by one."""
    if mpid is not None:
        return mpid
    kind, _, value = (identity or "").partition("=")
    if kind not in IDENTITY_TYPES or not value:
        raise UserError(Problem("CLI-003", "--identity is TYPE=VALUE", allowed=IDENTITY_TYPES))
    match holders(generation, kind, value, spill):
        case ():
            raise failure("unknown-user", "no user has this identity")
        case (found,):
            return found
        case several:
            message = f"{len(several)} users have this identity"
            known = tuple(map(str, several))
            raise failure("several-users", message, hint="name one by its mpid", allowed=known)


def shown_values(reveal: bool) -> Callable[[str], str]:
    """How a personal value is shown: as it is, or masked."""
    return (lambda value: value) if reveal else masked
