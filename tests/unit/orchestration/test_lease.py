from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from orchestration import lease as lease_module
from orchestration.lease import LeaseHolder, being_calculated, hold_lease
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

STARTED = datetime(2018, 1, 1, 3)


def holder(run_id: str = "first") -> LeaseHolder:
    return LeaseHolder.this_process(run_id, "milepost run", STARTED)


def test_a_second_run_fails_and_names_the_first(tmp_path: Path) -> None:
    with (
        hold_lease(tmp_path, holder()),
        pytest.raises(UserError) as raised,
        hold_lease(tmp_path, holder("second")),
    ):
        pass
    assert raised.value.exit_status == 1
    message = str(raised.value)
    assert all(
        part in message
        for part in ("milepost run", "first", str(os.getpid()), "2018-01-01T03:00:00Z", holder().host)
    )


def test_a_lease_is_free_again_after_its_block_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_lease(tmp_path, holder()):
        raise ZeroDivisionError
    with hold_lease(tmp_path, holder("second")) as lease:
        assert lease.dead is None
    assert not (tmp_path / "lease.json").exists()


def test_the_lease_of_a_killed_process_is_taken_over_and_its_holder_told(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path; from datetime import datetime\n"
        "from orchestration.lease import LeaseHolder, hold_lease\n"
        "with hold_lease(Path(sys.argv[1]), LeaseHolder.this_process('killed', 'milepost run', datetime(2018, 1, 1))):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert (tmp_path / "lease.json").exists()
    with hold_lease(tmp_path, holder("second")) as lease:
        assert lease.dead is not None
        assert lease.dead.run_id == "killed"


def test_what_a_run_calculates_is_told_while_it_holds_the_lease(tmp_path: Path) -> None:
    with hold_lease(tmp_path, holder()) as lease:
        assert being_calculated(tmp_path) == ()
        lease.calculates(("lapsed", "idle"))
        assert being_calculated(tmp_path) == ("idle", "lapsed")
        assert lease.is_held()
    assert being_calculated(tmp_path) == ()


def test_a_run_that_lost_its_lease_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    with hold_lease(tmp_path, holder()) as lease:
        path.write_text(json.dumps({**json.loads(path.read_text()), "token": "another"}))
        lease.calculates(("lapsed",))
        assert being_calculated(tmp_path) == ()


def test_a_used_again_process_id_is_not_the_holder(tmp_path: Path) -> None:
    with hold_lease(tmp_path, holder()):
        path = tmp_path / "lease.json"
        content = json.loads(path.read_text())
        path.write_text(json.dumps({**content, "process": "0"}))
        with hold_lease(tmp_path, holder("second")) as second:
            assert second.dead is not None


@pytest.mark.parametrize(("age", "is_dead"), [(55, False), (65, True)])
def test_a_holder_on_another_host_is_dead_after_a_minute_of_silence(
    tmp_path: Path, age: float, is_dead: bool
) -> None:
    elsewhere = {
        "holder": {**vars(holder()), "host": "elsewhere"},
        "token": "x",
        "machine": None,
        "process": None,
        "calculating": ["lapsed"],
    }
    (tmp_path / "lease.json").write_text(json.dumps(elsewhere))
    beaten = time.time() - age
    os.utime(tmp_path / "lease.json", (beaten, beaten))
    assert being_calculated(tmp_path) == (() if is_dead else ("lapsed",))


def test_the_heartbeat_keeps_the_lease_young(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "BEAT_SECONDS", 0.01)
    with hold_lease(tmp_path, holder()):
        os.utime(tmp_path / "lease.json", (1, 1))
        deadline = time.monotonic() + 5
        while (tmp_path / "lease.json").stat().st_mtime < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (tmp_path / "lease.json").stat().st_mtime > 2


def test_a_lost_lease_is_noticed_and_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    with hold_lease(tmp_path, holder()) as lease:
        lease.confirm()
        path.write_text(json.dumps({**json.loads(path.read_text()), "token": "another"}))
        with pytest.raises(UserError, match="lease-lost"):
            lease.confirm()
    assert path.exists()


def test_waiting_gets_the_lease_when_the_first_run_ends(tmp_path: Path) -> None:
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with hold_lease(tmp_path, holder()):
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(5)
    threading.Timer(0.2, leave.set).start()
    with hold_lease(tmp_path, holder("second"), wait=True) as lease:
        assert lease.holder.run_id == "second"
        assert leave.is_set()
    thread.join()
