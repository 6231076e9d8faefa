"""`notify:`, who is told: webhooks and mailboxes, secrets by the names of environment variables (spec §10).

DEF-141 neither or both of webhook and email, a key of the other one, or one that is missing; DEF-142 no name of an
environment variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from transforms.definitions.records import Mailbox, Subject, Webhook
from transforms.documents.fields import Field, Values, defaulted, optional, record
from transforms.documents.readers import INVALID, Invalid, Reader, choice, integer, list_of, text, unrepeated

if TYPE_CHECKING:
    from typing import Literal

    from transforms.documents.report import Report

SUBJECTS: tuple[Subject, ...] = get_args(Subject)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


_VARIABLE = unrepeated(
    r"^[A-Z_][A-Z0-9_]{0,99}$",
    "DEF-142",
    "the name of an environment variable, such as `TEAM_CHAT_URL`",
    "the secret itself stays out of the definitions: put it in the environment, and its name here",
)
_ADDRESS = text(pattern=r"^[^@\s]+@[^@\s]+$", expected="a mail address")

WEBHOOK = optional("webhook", _VARIABLE, "The environment variable that holds the address to post to.")
EMAIL = optional("email", list_of(_ADDRESS), "Whom to mail.")
FROM = optional("from", _ADDRESS, "The sender of mails.")
HOST = optional("host", text(expected="a mail server"), "The mail server.")
PORT = optional("port", integer(least=1, most=65535), "Its port; default: that of the security.")
SECURITY = defaulted(
    "security",
    choice(*_PORTS),
    "starttls",
    "How the connection is made safe; `none` for a server on this machine.",
)
USER = optional("user", _VARIABLE, "The environment variable that holds the user of the mail server.")
PASSWORD = optional("password", _VARIABLE, "The environment variable that holds the password.")
ABOUT = optional("about", list_of(choice(*SUBJECTS)), "What to tell of; default: everything.")
_MAIL: tuple[Field[Any], ...] = (FROM, HOST, PORT, SECURITY, USER, PASSWORD)


def _channel(values: Values, report: Report) -> Webhook | Mailbox | Invalid:
    about = cast("tuple[Subject, ...]", values[ABOUT] or SUBJECTS)
    if values.has(WEBHOOK) == values.has(EMAIL):
        report.add("DEF-141", "expected one of `webhook` and `email`", values.node)
        return INVALID
    if values.has(WEBHOOK):
        for field in _MAIL:
            if values.has(field):
                report.add("DEF-141", f"`{field.key}` is for `email`", values.place(field))
        address_from = values[WEBHOOK]
        return INVALID if address_from is None else Webhook(address_from, about)
    missing = [field.key for field in (FROM, HOST) if not values.has(field)]
    for key in missing:
        report.add("DEF-141", f"`{key}` is missing beside `email`", values.node)
    if values.has(USER) != values.has(PASSWORD):
        report.add("DEF-141", "`user` and `password` come together", values.node)
    to, sender, host = values[EMAIL], values[FROM], values[HOST]
    if to is None or sender is None or host is None:
        return INVALID
    return Mailbox(
        to=to,
        sender=sender,
        host=host,
        port=values[PORT] or _PORTS[values[SECURITY]],
        security=cast("Literal['starttls', 'tls', 'none']", values[SECURITY]),
        user_from=values[USER],
        password_from=values[PASSWORD],
        about=about,
    )


def channels() -> Reader[tuple[Webhook | Mailbox, ...]]:
    """A list of webhooks and mailboxes."""
    return list_of(record((WEBHOOK, EMAIL, *_MAIL, ABOUT), _channel, "an item of `notify`"))


def channels_of_connection() -> Reader[tuple[Webhook | Mailbox, ...]]:
    """The same for one connection, of which only faults are told."""
    return list_of(record((WEBHOOK, EMAIL, *_MAIL), _channel, "an item of `notify`"))
