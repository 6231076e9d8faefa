"""Late rows wait beside a large day: the lake holds the same rows as where every day is written anew."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.unit.ingest.builders import ARRIVAL, DAY, NOON, House, batch, event, lines
from tests.unit.ingest.test_crashes import Stop
from transforms.ingest import day_files, merge
from transforms.ingest.transaction import recover

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "lake/{}/day=2018-01-01"
_EVENT_ORDER = ("event_type", "event_name", "mpid", "event_at", "workspace", "input", "event_id")


@pytest.fixture
def _large_from_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_files, "LARGE_DAY", 10)


pytestmark = pytest.mark.usefixtures("_large_from_ten")


def plays(first: int, count: int, **fields: Any) -> list[dict[str, Any]]:
    """A play a user, each with an attribute."""
    return [
        batch(event(id=number), mpid=number, user_attributes={"plan": f"p{number}"}, **fields)
        for number in range(first, first + count)
    ]


def files(house: House, table: str) -> dict[str, int]:
    """The files of the first day with their rows."""
    folder = house.data / FIRST.format(table)
    return {file.name: pq.read_metadata(file).num_rows for file in sorted(folder.iterdir())}


def started(folder: Path) -> House:
    house = House(folder)
    house.land("0.json", lines(*plays(0, 80)))
    house.ingest()
    return house


def test_a_few_late_rows_get_a_file_of_their_own_and_leave_the_days_as_it_is(tmp_path: Path) -> None:
    house = started(tmp_path)
    before = house.bytes_of("lake")
    house.land("1.json", lines(*plays(100, 3)))
    report = house.ingest()
    assert report.totals.events_kept == 3
    assert files(house, "events") == {"part-0.parquet": 80, "part-1.parquet": 3}
    after = house.bytes_of("lake")
    assert {place: content for place, content in after.items() if place in before} == before
    house.land("2.json", lines(*plays(200, 3)))
    house.ingest()
    assert files(house, "events") == {"part-0.parquet": 80, "part-1.parquet": 3, "part-2.parquet": 3}


def test_the_day_is_written_anew_when_more_wait_than_an_eighth(tmp_path: Path) -> None:
    house = started(tmp_path)
    for number, count in enumerate((5, 5)):
        house.land(f"{number + 1}.json", lines(*plays(100 * (number + 1), count)))
        house.ingest()
    assert files(house, "events") == {"part-0.parquet": 80, "part-1.parquet": 5, "part-2.parquet": 5}
    house.land("3.json", lines(*plays(300, 1)))
    house.ingest()
    assert files(house, "events") == {"part-0.parquet": 91}
    whole = House(tmp_path / "whole")
    for number, (first, count) in enumerate(((0, 80), (100, 5), (200, 5), (300, 1))):
        whole.land(f"{number}.json", lines(*plays(first, count)))
    whole.ingest()
    assert house.bytes_of("lake/events", "lake/users") == whole.bytes_of("lake/events", "lake/users")


def test_no_more_than_sixteen_files_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_files, "WAITING", 1)
    house = started(tmp_path)
    for number in range(15):
        house.land(f"{number + 1}.json", lines(*plays(1000 + number, 1)))
        house.ingest()
    assert len(files(house, "events")) == 16
    house.land("last.json", lines(*plays(2000, 1)))
    house.ingest()
    assert files(house, "events") == {"part-0.parquet": 96}


def test_an_event_that_comes_again_is_found_in_every_file_of_its_day(tmp_path: Path) -> None:
    house = started(tmp_path)
    house.land("1.json", lines(*plays(100, 2)))
    house.ingest()
    before = house.bytes_of("lake/events")
    house.land("2.json", lines(batch(event(id=100), mpid=100), batch(event("Other", id=101), mpid=101)))
    report = house.ingest()
    totals = report.totals
    assert (totals.events_kept, totals.events_duplicate, totals.events_conflicting) == (0, 2, 1)
    assert house.bytes_of("lake/events") == before


def test_what_is_said_again_in_a_newer_place_takes_the_place_of_the_old(tmp_path: Path) -> None:
    house = started(tmp_path)
    house.land("1.json", lines(*plays(5, 1, timestamp_unixtime_ms=NOON)))
    house.ingest()
    # Another batch besides, since a file of the same bytes counts as a copy.
    house.land("2.json", lines(*plays(5, 2, timestamp_unixtime_ms=NOON)))
    house.ingest()
    told = [row for row in house.said("attribute") if row["mpid"] == 5]
    # What the first file says was received later, at its arrival.
    assert [row["source_path"] for row in told] == ["2.json", "0.json"]
    assert len(files(house, "users")) == 1


def test_what_is_said_again_in_an_older_place_changes_nothing(tmp_path: Path) -> None:
    house = started(tmp_path)
    before = house.bytes_of("lake/users")
    house.land("-1.json", lines(*plays(5, 1)))
    house.ingest()
    assert house.bytes_of("lake/users") == before


def sorted_rows(house: House, table: str) -> list[str]:
    return sorted(str(sorted(row.items(), key=lambda item: item[0])) for row in house.rows(table))


def drawn_batch(random: Random) -> dict[str, Any]:
    """One of few users, ids, days and attributes, so that much meets again."""
    events = [
        event(
            random.choice(("Play", "Stop")),
            at=NOON + random.randrange(4) * DAY + random.randrange(3),
            id=random.choice((None, random.randrange(60))),
        )
        for _ in range(random.randrange(3))
    ]
    own_time = {} if random.random() < 0.3 else {"timestamp_unixtime_ms": NOON + random.randrange(4) * DAY}
    return batch(
        *events,
        mpid=random.randrange(8),
        user_attributes={"plan": str(random.randrange(3)), "list": ["a", "b"][: random.randrange(3)]},
        deleted_user_attributes=random.choice(([], ["plan"], ["old"])),
        user_identities=random.choice(({}, {"email": f"{random.randrange(3)}@example.org"})),
        **own_time,
    )


@pytest.mark.parametrize("seed", range(12))
def test_ingest_by_ingest_the_rows_are_those_of_days_written_anew(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    late, anew = House(tmp_path / "late"), House(tmp_path / "anew")
    monkeypatch.setattr(day_files, "WAITING", random.choice((1, 2, 8)))
    monkeypatch.setattr(merge, "_ROWS_AT_ONCE", random.choice((1, 30, 1000)))
    waited = 0
    for number in range(8):
        sent = [drawn_batch(random) for _ in range(60 if number == 0 else random.randrange(1, 6))]
        # The names come in no order, so that newer places come before older ones.
        name = f"{random.randrange(100):02}-{number}.json"
        arrival = ARRIVAL + random.randrange(2)
        reports = []
        for house, large in ((late, 10), (anew, 10**9)):
            monkeypatch.setattr(day_files, "LARGE_DAY", large)
            house.land(name, lines(*sent), arrival=arrival)
            reports.append(house.ingest())
        assert reports[0] == reports[1]
        for table in ("events", "users"):
            assert sorted_rows(late, table) == sorted_rows(anew, table)
        for file in late.data.glob("lake/events/*/*.parquet"):
            rows = pq.ParquetFile(file).read().to_pylist()
            keys = [tuple((row[name] is not None, row[name] or 0) for name in _EVENT_ORDER) for row in rows]
            assert keys == sorted(keys)
        waited = max(
            waited, *(len(list(day.iterdir())) for day in late.data.glob("lake/*/*") if day.is_dir())
        )
    assert waited > 1


def test_a_commit_that_is_killed_leaves_no_file_that_was_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = started(tmp_path)
    house.land("1.json", lines(*plays(100, 3)))
    house.ingest()
    house.land("2.json", lines(*plays(200, 50)))
    unlink = type(house.data).unlink

    def stops(path: Path, missing_ok: bool = False) -> None:
        if path.name == "part-1.parquet":
            raise Stop
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(type(house.data), "unlink", stops)
        with pytest.raises(Stop):
            house.ingest()
    recover(house.data)
    assert files(house, "events") == {"part-0.parquet": 133}
    assert len({row["event_id"] for row in house.events()}) == 133
