"""`milepost watch`, and what deserves a look in `show` and `list`."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from tests.support.chat import Chat, open_chat
from tests.support.command import Answer, answer
from tests.support.mail_server import Inbox, mail_server
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CRITERIA = "criteria: {ecommerce: {action: purchase}}\n"
FILES = {
    "audiences/halved.yml": f"audience: halved\n{CRITERIA}",
    "audiences/emptied.yml": f"audience: emptied\n{CRITERIA}",
    "audiences/silent.yml": f"audience: silent\nwatch: off\n{CRITERIA}",
    "audiences/tested.yml": f"audience: tested\n{CRITERIA}ab_test: {{name: t, variants: {{push: 40, half off: 40}}}}\n",
    "connections/meta.yml": """\
        outputs:
          meta: {partner: meta_csv}
        connections:
          - {connection: a, audience: tested, output: meta, status: active}
          - {connection: s, audience: silent, output: meta, status: active}
        """,
}
HOOK = "notify: [{webhook: TEAM_CHAT_URL}]\n"
AS_OF = datetime(2018, 1, 2)
UNEVEN = {mpid: "push" if mpid < 700 else "half off" if mpid < 900 else "Control" for mpid in range(1000)}


@pytest.fixture
def milepost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    write_project(tmp_path / "project", FILES, MILEPOST + HOOK)
    store = open_store(tmp_path / "data" / "published")
    everyone = set(range(1000))
    before = {"halved": everyone, "emptied": {1}, "silent": everyone, "tested": UNEVEN}
    publish(store, publication(AS_OF - timedelta(days=1), before))
    after = {"halved": set(range(499)), "emptied": set[int](), "silent": set[int](), "tested": UNEVEN}
    publish(store, publication(AS_OF, after))

    def run(*arguments: str) -> Answer:
        return answer(tmp_path, capsys, *arguments)

    return run


def test_everything_that_deserves_a_look_is_said_and_nothing_that_is_silenced(milepost) -> None:
    found = milepost("watch")
    assert found.status == 3
    lines = found.out.splitlines()
    assert lines[0].startswith("stale: tested is as of 2018-01-02T00:00:00Z, ")
    assert lines[1:] == [
        "emptied: emptied is empty and had 1 member a day earlier",
        "size_change: halved went from 1,000 to 499 members: 50%, more than 50 %",
        "volatility: halved 0 came and 501 left, 100% of its 499 members, more than 100 %",
        "sample_ratio: tested its variants don't fit their shares, p = 3.7e-82",
    ]
    assert [(row["subject"], row["audience"]) for row in milepost("watch", "--json").json] == [
        ("stale", "tested"),
        ("emptied", "emptied"),
        ("size_change", "halved"),
        ("volatility", "halved"),
        ("sample_ratio", "tested"),
    ]


def test_show_and_list_say_it_beside_the_size(milepost) -> None:
    assert "size_change: went from 1,000 to 499 members" in milepost("show", "halved").out
    assert set(milepost("show", "tested", "--json").json["deserves_a_look"]) == {"stale", "sample_ratio"}
    assert milepost("show", "silent", "--json").json["deserves_a_look"] == {}
    assert "3 of the audiences deserve a look: `milepost watch` says why" in milepost("list").err
    listed = {row["id"]: set(row["deserves_a_look"]) for row in milepost("list", "--json").json["audiences"]}
    assert listed["halved"] == {"size_change", "volatility"}
    assert listed["silent"] == set()


def test_nothing_to_look_at_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path / "project", FILES, MILEPOST)
    found = answer(tmp_path, capsys, "watch")
    assert (found.status, found.out, found.err) == (0, "", "nothing deserves a look\n")
    assert answer(tmp_path, capsys, "watch", "--json").json == []


@pytest.fixture
def chat() -> Iterator[Chat]:
    with open_chat() as opened:
        yield opened


def test_the_team_is_told_once_and_only_where_something_may_leave(
    milepost, chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_CHAT_URL", chat.address)
    withheld = milepost("watch", "--notify")
    assert "webhook TEAM_CHAT_URL: 5 notices not sent: MILEPOST_DELIVER=1 is not set" in withheld.err
    assert chat.posted == []
    monkeypatch.setenv("MILEPOST_DELIVER", "1")
    assert milepost("watch").err == ""
    sent = milepost("watch", "--notify")
    assert (sent.status, sent.err) == (3, "notify, webhook TEAM_CHAT_URL: 5 notices sent\n")
    again = milepost("watch", "--notify")
    assert (again.status, again.err) == (3, "")
    ((first,)) = chat.posted
    assert [notice["audience"] for notice in first["notices"]] == [
        "tested",
        "emptied",
        "halved",
        "halved",
        "tested",
    ]


def test_the_team_is_mailed(milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    monkeypatch.setenv("MILEPOST_DELIVER", "1")
    with mail_server(inbox) as port:
        mailbox = (
            "{email: [growth@example.org], from: milepost@example.org, host: 127.0.0.1, "
            f"port: {port}, security: none, about: [emptied, size_change]}}"
        )
        write_project(tmp_path / "project", {}, f"{MILEPOST}notify: [{mailbox}]\n")
        sent = milepost("watch", "--notify")
        assert (sent.status, sent.err) == (3, "notify, email over 127.0.0.1: 2 notices sent\n")
        assert milepost("watch", "--notify").err == ""
    ((to, content),) = inbox.mails
    assert to == ["growth@example.org"]
    assert message_from_bytes(content, policy=policy.default).get_content().splitlines() == [
        "* emptied is empty and had 1 member a day earlier",
        "* halved went from 1,000 to 499 members: 50%, more than 50 %",
    ]
