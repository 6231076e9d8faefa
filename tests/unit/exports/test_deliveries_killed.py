"""A delivery that dies at any of its renames: a file, its manifest, the ledger."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from exports.ledger.ledger import Ledger
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

#: Delivers, and kills itself just before the rename whose number it is given; 0 never comes.
DELIVERER = """
import os, signal, sys
from pathlib import Path
from exports.connections import deliver_connection
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import dispatch
from tests.support.publications import AS_OF
from transforms.audiences.generations import open_store

folder, left = Path(sys.argv[1]), int(sys.argv[2])
generation = open_store(folder / "published").current()
project = definitions(audience("lapsed"), connections=(connection("whole", "lapsed"),))

def at_rename(event, arguments):
    global left
    if event == "os.rename":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(at_rename)
connection, = project.connections
deliver_connection(project, connection, generation, AS_OF, dispatch(folder))
"""


def deliver(folder: Path, killed_before_rename: int = 0) -> int:
    command = [sys.executable, "-c", DELIVERER, str(folder), str(killed_before_rename)]
    return subprocess.run(command, check=False, cwd=Path(__file__).parents[3]).returncode


def published(folder: Path) -> Path:
    identities = {(1, "email", "jane@example.com")}
    publish(open_store(folder / "published"), publication(members={"lapsed": {1}}, identities=identities))
    return folder


def delivered(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in ("exports", "ledger")
        for path in (folder / part).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_a_delivery_killed_before_any_rename_is_repeated_and_recorded_last(tmp_path: Path) -> None:
    undisturbed = published(tmp_path / "undisturbed")
    assert deliver(undisturbed) == 0
    whole = delivered(undisturbed)
    assert {name.partition("/")[0] for name in whole} == {"exports", "ledger"}

    rename = 1
    while deliver(folder := published(tmp_path / str(rename)), rename) == -signal.SIGKILL:
        assert Ledger(folder / "ledger").last_delivered("whole") is None
        assert deliver(folder) == 0
        assert delivered(folder) == whole
        assert not list(folder.rglob(".*.tmp"))
        assert not list((folder / "outbox").rglob("*.*"))
        rename += 1
    # The outbox, the file, its manifest, the ledger.
    assert rename > 4
