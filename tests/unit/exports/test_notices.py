"""Notices: over HTTP and SMTP to real servers on this machine, each told once."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword

from exports.notices import mail
from exports.notices.notice import Notice, of_failed_run, of_finding
from exports.notices.tell import Telling, tell
from tests.support.chat import Chat, open_chat
from tests.support.definitions import connection, definitions, project
from tests.support.mail_server import Inbox, mail_server
from transforms.audiences.watching import Finding
from transforms.definitions.notify import SUBJECTS
from transforms.definitions.records import Mailbox, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transforms.definitions.connection_records import Connection

NOW = datetime(2018, 1, 3)
STALE = of_finding(Finding("stale", "buyers", datetime(2018, 1, 1), "is as of 2018-01-01T00:00:00Z"))
JUMP = of_finding(Finding("size_change", "käufer", datetime(2018, 1, 2), "went from 1 to 2 members"))
FAILED = of_failed_run("run-1", "ingest failed: the disk is full")
HOOK = Webhook("TEAM_CHAT_URL", SUBJECTS)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with open_chat() as opened:
        yield opened


def mailbox(port: int, *to: str, **changes: Any) -> Mailbox:
    values: dict[str, Any] = {
        "to": to or ("growth@example.org",),
        "sender": "milepost@example.org",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user_from": None,
        "password_from": None,
        "about": SUBJECTS,
    }
    return Mailbox(**{**values, **changes})


def told(
    folder: Path,
    *channels: Webhook | Mailbox,
    notices: tuple[Notice, ...] = (STALE, JUMP),
    connections: tuple[Connection, ...] = (),
    may_send: bool = True,
    **secrets: str,
) -> tuple[Telling, ...]:
    known = definitions(connections=connections)
    return tell(
        replace(known, project=project(notify=channels)),
        notices,
        folder / "told.jsonl",
        secret=secrets.get,
        may_send=may_send,
        now=NOW,
    )


def faulted(connection_id: str) -> Notice:
    return of_finding(Finding("faulted", "buyers", datetime(2018, 1, 2), "is not sent", connection_id))


def test_a_channel_of_a_connection_is_told_of_its_faults_alone(chat: Chat, tmp_path: Path) -> None:
    mine = replace(connection("mine", "buyers"), notify=(Webhook("MY_URL", SUBJECTS),))
    notices = (STALE, faulted("mine"), faulted("other"))
    (telling,) = told(tmp_path, notices=notices, connections=(mine,), MY_URL=chat.address)
    assert telling.text == "notify, webhook MY_URL: 1 notice sent"
    assert told(tmp_path, notices=notices, connections=(mine,), MY_URL=chat.address) == ()


def test_who_is_named_by_project_and_connection_is_told_once(chat: Chat, tmp_path: Path) -> None:
    mine = replace(connection("mine", "buyers"), notify=(HOOK,))
    (telling,) = told(
        tmp_path, HOOK, notices=(faulted("mine"),), connections=(mine,), TEAM_CHAT_URL=chat.address
    )
    assert telling.count == 1


def test_one_audience_faulted_at_two_partners_is_two_things(chat: Chat, tmp_path: Path) -> None:
    (telling,) = told(tmp_path, HOOK, notices=(faulted("mine"), faulted("other")), TEAM_CHAT_URL=chat.address)
    assert telling.count == 2


def test_a_webhook_is_told_each_thing_once(chat: Chat, tmp_path: Path) -> None:
    (telling,) = told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address)
    assert telling.text == "notify, webhook TEAM_CHAT_URL: 2 notices sent"
    assert told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address) == ()
    (telling,) = told(tmp_path, HOOK, notices=(STALE, FAILED), TEAM_CHAT_URL=chat.address)
    assert telling.count == 1
    assert chat.posted[0] == {
        "text": "Milepost, shop: 2 things need a look\n• buyers is as of 2018-01-01T00:00:00Z\n"
        "• käufer went from 1 to 2 members",
        "project": "shop",
        "notices": [
            {
                "subject": "stale",
                "audience": "buyers",
                "as_of": "2018-01-01T00:00:00Z",
                "text": "buyers is as of 2018-01-01T00:00:00Z",
            },
            {
                "subject": "size_change",
                "audience": "käufer",
                "as_of": "2018-01-02T00:00:00Z",
                "text": "käufer went from 1 to 2 members",
            },
        ],
    }
    assert [notice["subject"] for notice in chat.posted[1]["notices"]] == ["failed_run"]


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_what_was_refused_is_tried_again(status: int, chat: Chat, tmp_path: Path) -> None:
    chat.statuses = [status]
    (telling,) = told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address)
    assert telling.text == (
        f"notify, webhook TEAM_CHAT_URL: 2 notices not sent: was refused with status {status}"
    )
    (telling,) = told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address)
    assert (telling.is_sent, telling.count, len(chat.posted)) == (True, 2, 2)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/t0-secret",
        "t0-secret",
        "ftp://t0-secret",
        "http://[t0-secret",
        "http://t0 secret/",
    ],
)
def test_an_address_that_does_not_answer_is_not_repeated(address: str, tmp_path: Path) -> None:
    (telling,) = told(tmp_path, HOOK, TEAM_CHAT_URL=address)
    assert not telling.is_sent
    assert "t0" not in telling.text
    assert not (tmp_path / "told.jsonl").exists()


def test_nothing_is_sent_unless_it_may_be(chat: Chat, tmp_path: Path) -> None:
    (telling,) = told(tmp_path, HOOK, may_send=False, TEAM_CHAT_URL=chat.address)
    assert telling.text.endswith("2 notices not sent: MILEPOST_DELIVER=1 is not set")
    assert chat.posted == []


def test_a_missing_variable_is_named_and_stops_no_other_channel(chat: Chat, tmp_path: Path) -> None:
    other = Webhook("ON_CALL_URL", ("stale",))
    missing, sent = told(tmp_path, HOOK, other, ON_CALL_URL=chat.address)
    assert missing.problem == "the environment variable TEAM_CHAT_URL is not set"
    assert (sent.is_sent, sent.count) == (True, 1)


def test_a_line_that_a_crash_cut_short_counts_as_not_told(chat: Chat, tmp_path: Path) -> None:
    told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address)
    path = tmp_path / "told.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    (telling,) = told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address)
    assert telling.count == 1
    assert told(tmp_path, HOOK, TEAM_CHAT_URL=chat.address) == ()


def test_a_mail_goes_to_everyone_with_the_notices_in_it(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        channel = mailbox(port, "growth@example.org", "data@example.org")
        (telling,) = told(tmp_path, channel)
        assert told(tmp_path, channel) == ()
    assert telling.text == "notify, email over 127.0.0.1: 2 notices sent"
    ((to, content),) = inbox.mails
    mail = message_from_bytes(content, policy=policy.default)
    assert to == ["growth@example.org", "data@example.org"]
    assert (mail["Subject"], mail["From"]) == ("Milepost, shop: 2 things need a look", "milepost@example.org")
    assert mail.get_content().splitlines() == [
        "* buyers is as of 2018-01-01T00:00:00Z",
        "* käufer went from 1 to 2 members",
    ]
    assert "growth@" not in (tmp_path / "told.jsonl").read_text()


def test_an_address_that_is_refused_does_not_mail_the_others_again(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        channel = mailbox(port, "growth@example.org", "nobody@example.org")
        (telling,) = told(tmp_path, channel)
        assert (telling.is_sent, telling.problem) == (True, "refused for 1 of its addresses")
        assert told(tmp_path, channel) == ()
        (telling,) = told(tmp_path, mailbox(port, "nobody@example.org"))
        assert (telling.is_sent, telling.problem) == (False, "was refused for every address")
    assert len(inbox.mails) == 1


def test_a_server_that_wants_a_login_gets_it_over_a_safe_connection_alone(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        channel = mailbox(port, user_from="MAIL_USER", password_from="MAIL_PASSWORD")
        (missing,) = told(tmp_path, channel, MAIL_USER="milepost")
        assert missing.problem == "the environment variable MAIL_PASSWORD is not set"
        (refused,) = told(tmp_path, channel, MAIL_USER="milepost", MAIL_PASSWORD="t0-secret")
        assert not refused.is_sent
        assert "t0" not in refused.text
        for security in ("starttls", "tls"):
            (plain,) = told(tmp_path, mailbox(port, security=security))
            assert not plain.is_sent
    assert inbox.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_over_a_connection_that_is_made_safe_first(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SECONDS_TO_ANSWER", 2.0)
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    logins: list[tuple[bytes, bytes]] = []

    def authenticate(
        server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"t0-secret")

    inbox = Inbox()
    options: dict[str, Any] = {"authenticator": authenticate, "auth_required": True}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    else:
        # Its own check of the connection is TLS's; that AUTH came over TLS it does not see.
        options = {"ssl_context": context, "authenticator": authenticate, "auth_require_tls": False}
    channel = {"security": security, "user_from": "MAIL_USER", "password_from": "MAIL_PASSWORD"}
    with mail_server(inbox, **options) as port:
        (unknown,) = told(tmp_path, mailbox(port, **channel), MAIL_USER="m", MAIL_PASSWORD="t0-secret")
        assert unknown.problem == "could not be mailed (SSLCertVerificationError)"
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        (wrong,) = told(tmp_path, mailbox(port, **channel), MAIL_USER="m", MAIL_PASSWORD="t0-wrong")
        assert not wrong.is_sent
        assert "t0" not in wrong.text
        (sent,) = told(tmp_path, mailbox(port, **channel), MAIL_USER="m", MAIL_PASSWORD="t0-secret")
    assert (sent.is_sent, len(inbox.mails)) == (True, 1)
    assert logins[-1] == (b"m", b"t0-secret")


def test_a_server_that_is_not_there_is_a_problem_in_words(tmp_path: Path) -> None:
    (telling,) = told(tmp_path, mailbox(9))
    assert telling.text == (
        "notify, email over 127.0.0.1: 2 notices not sent: could not be mailed (ConnectionRefusedError)"
    )
