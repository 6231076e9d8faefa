"""Tells each channel of a project, and of its connections, what it was not told yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.notices.mail import mail
from exports.notices.notice import NotSent
from exports.notices.told import telling
from exports.notices.webhook import post
from transforms.definitions.records import Mailbox, Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from exports.notices.notice import Notice
    from transforms.definitions.records import Definitions

    Channel = Webhook | Mailbox


@dataclass(frozen=True)
class Telling:
    """What became of one message of `count` notices to `channel`; `problem` says what went wrong with it."""

    channel: str
    count: int
    is_sent: bool
    problem: str = ""

    @property
    def text(self) -> str:
        """In a line."""
        message = f"notify, {self.channel}: {self.count} notice{'' if self.count == 1 else 's'}"
        return (
            f"{message} {'sent' if self.is_sent else 'not sent'}{': ' if self.problem else ''}{self.problem}"
        )


def has_channels(definitions: Definitions) -> bool:
    """Whether anybody is told of anything."""
    return bool(definitions.project.notify) or any(one.notify for one in definitions.connections)


def tell(
    definitions: Definitions,
    notices: tuple[Notice, ...],
    told: Path,
    *,
    secret: Callable[[str], str | None],
    may_send: bool,
    now: datetime,
) -> tuple[Telling, ...]:
    """Send each channel one message with what it was not told yet of what it is about: those of the project of everything,
    those of a connection of that one.

    What was sent is noted in `told`; what was not is tried again the next time. Nothing goes over the network unless
    `may_send` (spec §10). `secret` gives the value of an environment variable.
    """
    if not notices or not has_channels(definitions):
        return ()
    project, done = definitions.project, []
    with telling(told) as known:
        for channel, heard in _heard(definitions, notices):
            about = tuple(notice for notice in heard if notice.subject in channel.about)
            new = known.untold(_key(channel), about)
            if not new:
                continue
            try:
                if not may_send:
                    raise NotSent("MILEPOST_DELIVER=1 is not set")
                refused = _send(channel, project.name, new, secret)
            except NotSent as problem:
                done.append(Telling(_words(channel), len(new), is_sent=False, problem=str(problem)))
            else:
                problem = f"refused for {refused} of its addresses" if refused else ""
                try:
                    known.add(_key(channel), new, now)
                except OSError as error:
                    problem = f"it will be sent again, since it could not be noted ({type(error).__name__})"
                done.append(Telling(_words(channel), len(new), is_sent=True, problem=problem))
    return tuple(done)


def _heard(
    definitions: Definitions, notices: tuple[Notice, ...]
) -> Iterator[tuple[Channel, tuple[Notice, ...]]]:
    """Each channel with what is for its ears."""
    yield from ((channel, notices) for channel in definitions.project.notify)
    for connection in definitions.connections:
        of_connection = tuple(notice for notice in notices if notice.connection_id == connection.id)
        yield from ((channel, of_connection) for channel in connection.notify)


def _send(
    channel: Channel, project: str, notices: tuple[Notice, ...], secret: Callable[[str], str | None]
) -> int:
    """Send one message; how many addresses were refused."""

    def value(name: str) -> str:
        found = secret(name)
        if not found:
            raise NotSent(f"the environment variable {name} is not set")
        return found

    match channel:
        case Webhook():
            post(value(channel.address_from), project, notices)
            return 0
        case Mailbox():
            login = None
            if channel.user_from is not None and channel.password_from is not None:
                login = (value(channel.user_from), value(channel.password_from))
            return mail(channel, login, project, notices)


def _key(channel: Channel) -> str:
    """Which channel it is, next time too; who is behind an address is not written down."""
    match channel:
        case Webhook():
            return f"webhook {channel.address_from}"
        case Mailbox():
            return f"email {hashlib.sha256(' '.join(sorted(channel.to)).encode()).hexdigest()[:16]}"


def _words(channel: Channel) -> str:
    match channel:
        case Webhook():
            return f"webhook {channel.address_from}"
        case Mailbox():
            return f"email over {channel.host}"
