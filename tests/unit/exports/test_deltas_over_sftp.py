"""Deltas over SFTP by processes that are killed whatever the server is about to do for them."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from exports.connections import deliver_connection
from exports.delivery.backoff import Patience
from exports.delivery.carriers import carrier
from exports.delivery.folder import Folder
from exports.delivery.refresh_tokens import RefreshTokens
from exports.ledger.ledger import Ledger
from tests.support.dispatches import NOW, dispatch
from tests.support.sftp_server import PASSWORD, USER, sftp_server
from tests.unit.exports.test_deltas import CASES, DAY, Lines, World, resume
from transforms.audiences.generations import open_store
from transforms.definitions.destinations import Sftp

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.sftp_server import SftpServer

SECRETS = {"P_USER": USER, "P_PASSWORD": PASSWORD}
DELIVERER = """
import sys
from datetime import datetime
from pathlib import Path
from tests.unit.exports.test_deltas_over_sftp import deliver

folder, port, host_key, as_of = sys.argv[1:]
deliver(Path(folder), int(port), host_key, datetime.fromisoformat(as_of))
"""


def deliver(folder: Path, port: int, host_key: str, as_of: datetime) -> None:
    """The turn of the connection, with what is published."""
    generation = open_store(folder / "published").current()
    assert generation is not None
    known = World(CASES[0], folder, 0).project()
    [output] = known.outputs
    output = replace(output, destination=Sftp("127.0.0.1", port, "", "P", host_key, "hidden"))
    known = replace(known, outputs=(output,))
    kept = RefreshTokens(folder / "refresh_tokens")
    patience = Patience(lambda _: None, attempts=2)
    leaving = dispatch(
        folder,
        session=lambda: carrier(output, Folder(folder), SECRETS.get, patience, lambda: NOW, kept),
    )
    deliver_connection(known, known.connections[0], generation, as_of, leaving)


@dataclass
class Killer:
    """Kills the process that delivers before the server does the thing whose number it is given."""

    left: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    def __call__(self, what: str) -> None:
        del what
        self.left -= 1
        if self.left == 0 and self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def run(world: World, server: SftpServer, killed_at: int) -> bool:
    """Whether a process that delivers was killed; it may end before."""
    command = [sys.executable, "-c", DELIVERER, str(world.folder), str(server.port), server.host_key]
    killer = Killer(killed_at)
    server.behaviour.before = killer
    killer.process = subprocess.Popen([*command, world.as_of.isoformat()], cwd=Path(__file__).parents[3])
    code = killer.process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def read(world: World, server: SftpServer) -> None:
    """Let the partner read what came, in the order of its names; what has another name while it is written is not there."""
    for name, content in server.files().items():
        if name.endswith(".jsonl") and not name.startswith("."):
            if name in world.model.names:
                assert world.model.names[name] == content, "one name, other bytes"
                continue
            world.model.names[name] = content
            world.model.read(content, is_whole=False)


def test_a_delivery_killed_at_any_moment_is_ended_by_the_next_one(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, seed=1)
    assert isinstance(world.model, Lines)
    kills = 0
    with sftp_server(tmp_path / "partner") as server:
        # A file is opened, written and renamed, then its manifest.
        for moment in range(1, 7):
            world.change()
            world.publish()
            kills += run(world, server, moment)
            resume(tmp_path)
            server.behaviour.before = lambda _: None
            deliver(tmp_path, server.port, server.host_key, world.as_of)
            read(world, server)
            assert Ledger(tmp_path / "ledger").last_delivered("c") == world.as_of
            assert world.model.held == world.wanted()
            assert world.said() == world.known()
            world.as_of += DAY
        manifests = {name for name in server.files() if name.endswith(".manifest.json")}
        files = {name.removesuffix(".jsonl") for name in world.model.names}
        assert manifests == {f"{name}.manifest.json" for name in files}
    assert kills >= 3
