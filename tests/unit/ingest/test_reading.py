"""Landing files that are read by processes beside the ingest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.ingest.builders import House, batch, event, lines
from transforms.errors import UserError
from transforms.ingest import reading
from transforms.ingest.formats import batches
from transforms.ingest.json_lines import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT = lines(*(batch(event("Play", id=f"e{number}"), mpid=number) for number in range(300)))


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is worth processes, and comes to them in small parts."""
    monkeypatch.setattr(batches, "Blocks", lambda stream: Blocks(stream, 4_000))
    monkeypatch.setattr(reading, "TEXT_AT_ONCE", 4_000)
    monkeypatch.setattr(reading, "WORTH_PROCESSES", 0)


def read_in(house: House) -> House:
    house.land("a.json", CONTENT + b"{nothing}\n" + lines(batch(event(at="soon"), mpid=7)) + CONTENT)
    house.land("b.json", b'[\n{"mpid": 9},\n' + CONTENT)
    house.land("c.json.gz", b"\x1f\x8b no gzip")
    house.ingest()
    return house


def test_processes_bring_the_same_lake(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    here = read_in(House(tmp_path / "here"))
    request.getfixturevalue("processes")
    beside = read_in(House(tmp_path / "beside"))
    assert beside.lake() == here.lake()
    assert [row["code"] for row in beside.quarantine()] == [
        "not_json",
        "time_unreadable",
        "array_not_closed",
        "bad_compression",
    ]


@pytest.mark.usefixtures("processes")
def test_a_reader_that_is_killed_ends_the_ingest_and_leaves_the_lake_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)
    house.land("a.json", CONTENT)
    house.ingest()
    before = house.lake()
    monkeypatch.setattr(reading, "read_blocks", _killed)
    house.land("b.json", lines(batch(event("Stop"), mpid=1)) * 100)
    with pytest.raises(UserError, match="reader_killed"):
        house.ingest()
    assert house.lake() == before
    monkeypatch.undo()
    assert house.ingest().totals.events_read == 100


def _killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


_INGEST = """
import sys
from pathlib import Path
from tests.unit.ingest.builders import House
from transforms.ingest import reading
reading.WORTH_PROCESSES = 0
reading.TEXT_AT_ONCE = 100_000
print("ready", flush=True)
House(Path(sys.argv[1])).ingest()
"""


def test_readers_end_with_an_ingest_that_is_killed(tmp_path: Path) -> None:
    house = House(tmp_path)
    for number in range(40):
        house.land(f"{number}.json", lines(*(batch(event(), event(), mpid=one) for one in range(2_000))))
    ingest = subprocess.Popen(
        [sys.executable, "-c", _INGEST, str(tmp_path)], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE
    )
    with ingest:
        children = _waited(lambda: [pid for pid in _children(ingest.pid) if _reads(pid)])
        assert children
        ingest.kill()
    assert _waited(lambda: not any(map(_reads, children)))


def _waited(look: Callable[[], Any], seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _children(pid: int) -> list[int]:
    return [
        int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()
    ]


def _reads(pid: int) -> bool:
    try:
        return b"loky" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
