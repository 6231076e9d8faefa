"""An ingest that is killed leaves the old partitions or the new ones, and the next one makes it as if it had not been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.ingest.builders import DAY, NOON, batch, event, lines
from transforms.errors import UserError
from transforms.ingest import run as ingest_run
from transforms.ingest.transaction import Transaction, recover
from transforms.seen_names import PLACE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.ingest.builders import House

PROGRAM = """
import sys
from pathlib import Path
from tests.unit.ingest.builders import House
House(Path(sys.argv[1])).ingest()
"""

#: Files whose appearance tells how far an ingest is.
STEPS = (
    "lake/.ingest/work/staging/events.parquet",
    "lake/.ingest/work/quarantine/1.jsonl",
    "lake/.ingest/work/new/lake/events/day=2018-01-01/part-0.parquet",
    "lake/.ingest/work/new/ledger/files/000002.jsonl",
    "lake/.ingest/commit.new",
    "lake/.ingest/commit",
    "ledger/files/000002.jsonl",
)


def fill(house: House, *, second: bool) -> None:
    if not second:
        house.land("a.json", lines(batch(event(id=1), user_attributes={"a": "1"})))
        return
    days = [event(id=100 + day, at=NOON + day * DAY) for day in range(20)]
    many = [batch(event(id=1000 + number), mpid=number) for number in range(2000)]
    house.land("b.json", lines(batch(mpid="bad"), batch(*days), *many))


def kill_when(house: House, step: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(house.data)])
    try:
        deadline = time.monotonic() + 60
        while not (house.data / step).exists() and process.poll() is None:
            assert time.monotonic() < deadline
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_ingest_is_made_good_by_the_next(
    house: House, tmp_path_factory: pytest.TempPathFactory, step: str
) -> None:
    calm = type(house)(tmp_path_factory.mktemp("calm"))
    for each in (house, calm):
        fill(each, second=False)
        each.ingest()
        fill(each, second=True)
    before = house.bytes_of("lake/events", "lake/users")
    calm.ingest()
    after = calm.bytes_of("lake/events", "lake/users")
    kill_when(house, step)
    for path, content in house.bytes_of("lake/events", "lake/users").items():
        assert content in (before.get(path), after.get(path))
    house.ingest()
    assert house.lake() == calm.lake()
    assert (house.data / PLACE).read_bytes() == (calm.data / PLACE).read_bytes()
    assert not (house.data / "lake" / ".ingest").exists()


class Stop(Exception):
    pass


@pytest.mark.parametrize("moved", range(5))
def test_a_commit_that_stops_between_two_files_is_completed(
    house: House, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    calm = type(house)(tmp_path_factory.mktemp("calm"))
    for each in (house, calm):
        fill(each, second=False)
    calm.ingest()
    # What a commit leaves when it is killed after some of its files are in place.
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", _prepare_only)
        with pytest.raises(Stop):
            house.ingest()
    aside = house.data / "lake" / ".ingest"
    (house.data / "kept").rename(aside)
    places = sorted(path for path in (aside / "work" / "new").rglob("*") if path.is_file())
    for prepared in places[:moved]:
        target = house.data / prepared.relative_to(aside / "work" / "new")
        target.parent.mkdir(parents=True, exist_ok=True)
        prepared.replace(target)
    recover(house.data)
    assert house.lake() == calm.lake()
    assert (house.data / PLACE).read_bytes() == (calm.data / PLACE).read_bytes()
    assert house.ingest().unchanged_files == 1


def _prepare_only(transaction: Transaction) -> None:
    import json
    import shutil

    aside = transaction.work.parent
    new = transaction.work / "new"
    places = [path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()]
    (aside / "commit").write_text(json.dumps({"files": places, "removed": []}))
    shutil.copytree(aside, aside.parent.parent / "kept")
    (aside / "commit").unlink()
    raise Stop


def test_a_full_disk_fails_clearly_and_changes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(house, second=False)
    house.ingest()
    before = house.lake()
    fill(house, second=True)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ingest_run, "write_segment", full)
        with pytest.raises(UserError) as caught:
            house.ingest()
    assert (caught.value.problems[0].code, caught.value.exit_status) == ("disk_full", 1)
    assert house.lake() == before
    assert not (house.data / "lake" / ".ingest").exists()
    assert house.ingest().totals.events_kept == 2020


def test_a_glob_over_the_lake_never_sees_what_is_being_prepared(house: House) -> None:
    fill(house, second=False)
    seen: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:
        real = ingest_run.write_segment

        def look(*arguments) -> None:
            seen.extend((house.data / "lake" / "events").glob("*/*.parquet"))
            real(*arguments)

        patch.setattr(ingest_run, "write_segment", look)
        house.ingest()
    assert seen == []
    assert len(house.events()) == 1
