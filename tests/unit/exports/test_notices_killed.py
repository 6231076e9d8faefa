"""`milepost watch --notify` that is killed while it tells: nothing is lost, and only what it was at is told again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chat import open_chat
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from tests.support.chat import Chat

#: Tells, and kills itself just before the event whose number it is given: connections to a channel (`socket.connect`),
#: and what is written down (`open`), in the order in which they come; 0 never comes.
TELLER = """
import os, signal, sys
from orchestration.cli.main import main

left = int(sys.argv[1])

def at_event(event, arguments):
    global left
    is_told = event == "open" and str(arguments[0]).endswith("notices.jsonl") and "a" in str(arguments[1])
    if is_told or event == "socket.connect":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(at_event)
main(sys.argv[2:])
"""
#: Each of the two channels is connected to, then noted.
EVENTS = 4
SOMETHING_TO_DO = 3
FILES = {
    f"audiences/{name}.yml": f"audience: {name}\ncriteria: {{event: {{name: Play}}}}\n" for name in "ab"
} | {
    "connections/own.yml": """\
        outputs: {meta: {partner: meta_csv}}
        connections: [{connection: sent, audiences: [a, b], output: meta, status: active}]
        """,
}
NOTIFY = "notify: [{webhook: TEAM_CHAT_URL}, {webhook: ON_CALL_URL}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two audiences are stale."""
    write_project(tmp_path / "project", FILES, MILEPOST + NOTIFY)
    members = {"a": {1}, "b": {2}}
    publish(open_store(tmp_path / "data" / "published"), publication(datetime(2018, 1, 1), members))
    return tmp_path


def tell(folder: Path, team: Chat, on_call: Chat, killed_before_event: int = 0) -> int:
    """The exit status; a negative signal where it was killed."""
    variables = {
        "MILEPOST_DELIVER": "1",
        "TEAM_CHAT_URL": team.address,
        "ON_CALL_URL": on_call.address,
    }
    options = ["--project-dir", str(folder / "project"), "--data-dir", str(folder / "data")]
    command = [sys.executable, "-c", TELLER, str(killed_before_event), "watch", "--notify", *options]
    done = subprocess.run(
        command,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ, **variables},
        capture_output=True,
    )
    return done.returncode


@pytest.mark.parametrize(
    ("killed_before_event", "messages"),
    [
        # Before a channel was connected to: it is told once, by the next.
        (1, (1, 1)),
        # After a channel was told and before that was noted: that channel is told again, the other once.
        (2, (2, 1)),
        (3, (1, 1)),
        (4, (1, 2)),
    ],
)
def test_a_teller_that_is_killed_loses_nothing_and_repeats_one_message_at_most(
    killed_before_event: int, messages: tuple[int, int], folder: Path
) -> None:
    with open_chat() as team, open_chat() as on_call:
        assert tell(folder, team, on_call, killed_before_event) == -signal.SIGKILL
        # The lock went with the process that held it.
        assert tell(folder, team, on_call) == SOMETHING_TO_DO
        assert tell(folder, team, on_call, killed_before_event=1) == SOMETHING_TO_DO, (
            "nothing is left to tell"
        )
        assert (len(team.posted), len(on_call.posted)) == messages
        for message in (*team.posted, *on_call.posted):
            assert [notice["audience"] for notice in message["notices"]] == ["a", "b"]


def test_each_channel_is_connected_to_and_then_noted(folder: Path) -> None:
    with open_chat() as team, open_chat() as on_call:
        assert tell(folder, team, on_call, EVENTS + 1) == SOMETHING_TO_DO
        assert (len(team.posted), len(on_call.posted)) == (1, 1)
    assert len((folder / "data" / "ledger" / "notices.jsonl").read_bytes().splitlines()) == EVENTS
