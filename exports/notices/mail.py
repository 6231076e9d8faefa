"""Mails notices over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid
from typing import TYPE_CHECKING

from exports.notices.notice import NotSent, headline

if TYPE_CHECKING:
    from exports.notices.notice import Notice
    from transforms.definitions.records import Mailbox

SECONDS_TO_ANSWER = 20.0


def mail(mailbox: Mailbox, login: tuple[str, str] | None, project: str, notices: tuple[Notice, ...]) -> int:
    """Send one message to all of the mailbox's addresses, and give how many of them the server refused.

    NotSent where it takes the message for none.
    """
    try:
        with _connected(mailbox) as server:
            if login is not None:
                server.login(*login)
            return len(server.send_message(_message(mailbox, project, notices)))
    except smtplib.SMTPResponseException as error:
        # Its words may repeat an address or a user.
        raise NotSent(f"was refused with code {error.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise NotSent("was refused for every address") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"could not be mailed ({type(error).__name__})") from None


def _connected(mailbox: Mailbox) -> smtplib.SMTP:
    match mailbox.security:
        case "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(mailbox.host, mailbox.port, timeout=SECONDS_TO_ANSWER, context=context)
        case "starttls":
            server = smtplib.SMTP(mailbox.host, mailbox.port, timeout=SECONDS_TO_ANSWER)
            try:
                server.starttls(context=ssl.create_default_context())
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
            return server
        case "none":
            return smtplib.SMTP(mailbox.host, mailbox.port, timeout=SECONDS_TO_ANSWER)


def _message(mailbox: Mailbox, project: str, notices: tuple[Notice, ...]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = headline(project, notices)
    message["From"] = mailbox.sender
    message["To"] = ", ".join(mailbox.to)
    # Without a domain of its own the name of this machine would be in it.
    message["Message-ID"] = make_msgid(domain="milepost.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(f"* {notice.text}" for notice in notices) + "\n")
    return message
