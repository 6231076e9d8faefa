"""The sample beside the lake: whose rows are in it, what is read again, and what a crash leaves."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.support.lake import make_event, make_statement, write_lake
from transforms.ingest import sample as ingest_sample
from transforms.ingest.identities import login_digest
from transforms.ingest.sample import current_sample, update_sample, update_sample_after
from transforms.ingest.sample_record import SampleRecord, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOON = datetime(2018, 1, 1, 12)
LOGINS = ("customer_id",)
MOST = 5


def by_point(mpids: Iterable[int]) -> list[int]:
    """Users as `download --sample` takes them."""
    return sorted(mpids, key=lambda mpid: hashlib.md5(str(mpid).encode()).hexdigest())


USERS = range(-10, 11)
IN, OUT = by_point(USERS)[:MOST], by_point(USERS)[MOST:]


def days_ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def play(mpid: int, days: int = 0, **columns: Any) -> dict[str, Any]:
    at = days_ago(days)
    return make_event(mpid=mpid, event_at=at, event_id=f"{mpid} {days} {len(columns)}", **columns)


class Lake:
    """A data folder whose lake is written anew, and what the sample makes of it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.events: list[dict[str, Any]] = []
        self.statements: list[dict[str, Any]] = []

    def add(
        self,
        events: Iterable[dict[str, Any]] = (),
        statements: Iterable[dict[str, Any]] = (),
        most: int = MOST,
    ) -> SampleRecord:
        """As an ingest does: the days of these rows are written anew, the others stay as they are."""
        aside = self.data / "aside"
        self.events += events
        self.statements += statements
        write_lake(aside, self.events, self.statements)
        for path in sorted(aside.glob("*/day=*/*.parquet")):
            place = self.data / "lake" / path.relative_to(aside)
            if not place.exists() or place.read_bytes() != path.read_bytes():
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
        shutil.rmtree(aside)
        return self.update(most)

    def update(self, most: int = MOST) -> SampleRecord:
        update_sample(self.data, LOGINS, most)
        record = current_sample(self.data, LOGINS, most)
        assert record is not None
        return record

    def rows(self, record: SampleRecord, table: str) -> list[dict[str, Any]]:
        names = [day.file for day in record.days[table].values() if day.file is not None]
        files = [self.data / "sample" / name for name in (*names, record.others[table])]
        return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]

    def sampled(self, record: SampleRecord) -> set[int]:
        assert record.sampled is not None
        return set(pq.read_table(self.data / "sample" / record.sampled)["mpid"].to_pylist())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_a_lake_of_few_users_is_its_own_sample(lake: Lake) -> None:
    record = lake.add([play(1), play(1, 1), play(2)], [make_statement(mpid=3)])
    assert (record.users, record.is_whole, record.others) == (3, True, {})
    assert record.files() == set(record.known)


def test_nothing_ingested_has_no_sample(tmp_path: Path) -> None:
    update_sample(tmp_path, LOGINS)
    assert read_record(tmp_path) is None
    assert not (tmp_path / "sample").exists()


def test_the_users_of_smallest_md5_are_in_it_with_all_their_rows(lake: Lake) -> None:
    events = [play(mpid, days) for mpid in USERS for days in (0, 1)]
    statements = [make_statement(mpid=mpid) for mpid in USERS]
    record = lake.add(events, statements)
    assert record.users == len(USERS)
    assert lake.sampled(record) == set(IN)
    assert sorted(row["mpid"] for row in lake.rows(record, "events")) == sorted([*IN, *IN])
    assert sorted(row["mpid"] for row in lake.rows(record, "users")) == sorted(IN)


def test_rows_lie_in_the_order_of_the_lake(lake: Lake) -> None:
    names = (None, "b", "a")
    record = lake.add([play(mpid, event_name=name) for name in names for mpid in USERS])
    found = [(row["event_name"], row["mpid"]) for row in lake.rows(record, "events")]
    assert found == [(name, mpid) for name in (None, "a", "b") for mpid in sorted(IN)]


def test_it_is_the_same_in_whatever_steps_users_came(lake: Lake, tmp_path: Path) -> None:
    for mpid in USERS:
        record = lake.add([play(mpid, days) for days in (0, abs(mpid))])
    at_once = Lake(tmp_path / "other")
    other = at_once.add(lake.events)
    assert lake.sampled(record) == at_once.sampled(other)
    assert record.users == other.users
    kept = [row for row in lake.rows(record, "events") if row["mpid"] in IN]
    assert sorted(kept, key=str) == sorted(at_once.rows(other, "events"), key=str)


def test_only_days_that_changed_are_read_again(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lake.add([play(mpid, days) for mpid in USERS for days in range(4)])
    read: list[str] = []
    run = ingest_sample._Update._run

    def noted(self: Any, statement: str, *arguments: Any, **values: Any) -> None:
        if statement == ingest_sample.sample_sql.WRITE_DAY:
            read.extend(values["files"])
        run(self, statement, *arguments, **values)

    monkeypatch.setattr(ingest_sample._Update, "_run", noted)
    after = lake.add([play(IN[0], 2, event_name="Stop")])
    assert [path.split("/")[-2] for path in read] == ["day=2017-12-30"]
    changed = {day for day, found in after.days["events"].items() if found != before.days["events"][day]}
    assert changed == {"2017-12-30"}
    assert not list(lake.data.glob("sample/events/day=2017-12-30/1.parquet"))


def test_what_is_up_to_date_is_left_alone(lake: Lake) -> None:
    first = lake.add([play(mpid) for mpid in USERS])
    assert lake.update() == first


@pytest.mark.parametrize("left", ["nothing", "files"])
def test_what_a_crash_leaves_is_seen_and_mended(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    before = lake.add([play(mpid) for mpid in USERS])

    def killed(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(ingest_sample, "write_record" if left == "files" else "_Update", killed)
        with pytest.raises(OSError, match="no space"):
            lake.add([play(IN[0], 3)])
        update_sample_after(lake.data, LOGINS)
    assert read_record(lake.data) == before
    assert all((lake.data / "sample" / name).exists() for name in before.files())
    assert current_sample(lake.data, LOGINS, MOST) is None
    record = lake.update()
    assert len(lake.rows(record, "events")) == MOST + 1
    there = {
        path.relative_to(lake.data / "sample").as_posix() for path in lake.data.glob("sample/**/*.parquet")
    }
    assert there == record.files()


def test_a_day_that_is_gone_makes_it_anew(lake: Lake) -> None:
    lake.add([play(mpid, 1) for mpid in USERS])
    lake.add([play(mpid) for mpid in (100, 101)])
    shutil.rmtree(lake.data / "lake" / "events" / "day=2017-12-31")
    record = lake.update()
    assert (record.users, record.is_whole) == (2, True)


def test_files_of_known_users_become_one_when_they_are_many(lake: Lake) -> None:
    sizes = [len(lake.add([play(mpid, days=mpid)]).known) for mpid in range(1, 19)]
    assert sizes == [*range(1, 16), 1, 2, 3]
    record = lake.update()
    assert record.users == 18


# What belongs to users of the sample lies under other mpids, too.

LOGIN = "customer_id:ana"
DIGEST = login_digest(LOGIN)


def everyone(**columns: Any) -> list[dict[str, Any]]:
    return [play(mpid, 5, **columns) for mpid in USERS]


def claim(mpid: int, days: int = 0, **columns: Any) -> dict[str, Any]:
    said = {"statement": "identity", "name": "customer_id", "value": "ana", **columns}
    return make_statement(mpid=mpid, said_at=days_ago(days), **said)


def test_the_bearer_of_a_login_identity_of_a_sampled_user_is_in_it(lake: Lake) -> None:
    bearer = play(DIGEST, login_identity=LOGIN)
    said = make_statement(mpid=DIGEST, login_identity=LOGIN, said_at=days_ago(1))
    assert DIGEST not in by_point([*USERS, DIGEST])[:MOST]
    record = lake.add([*everyone(), bearer], [claim(IN[0], 3), said])
    assert DIGEST in {row["mpid"] for row in lake.rows(record, "events")}
    assert DIGEST in {row["mpid"] for row in lake.rows(record, "users")}


def test_whose_a_login_identity_is_may_be_learned_later(lake: Lake) -> None:
    record = lake.add([*everyone(), play(DIGEST, login_identity=LOGIN)])
    assert DIGEST not in {row["mpid"] for row in lake.rows(record, "events")}
    record = lake.add([], [claim(IN[0])])
    assert [row["mpid"] for row in lake.rows(record, "events")].count(DIGEST) == 1


def test_only_days_that_bear_a_new_login_identity_are_looked_through(lake: Lake) -> None:
    logins = {name: f"customer_id:{name}" for name in ("ana", "bob")}
    bearers = [
        play(login_digest(login), days, login_identity=login) for days, login in enumerate(logins.values(), 1)
    ]
    assert not {bearer["mpid"] for bearer in bearers} & set(
        by_point([*USERS, DIGEST, bearers[1]["mpid"]])[:MOST]
    )
    before = lake.add([*everyone(), *bearers], [claim(IN[0])]).days["events"]
    after = lake.add([], [claim(IN[1], 1, value="bob")])
    days = after.days["events"]
    assert days["2017-12-31"].others == before["2017-12-31"].others
    assert days["2017-12-30"].others["borne"] != before["2017-12-30"].others["borne"]
    found = [row["mpid"] for row in lake.rows(after, "events")]
    assert [found.count(bearer["mpid"]) for bearer in bearers] == [1, 1]


def test_all_that_say_whose_a_login_identity_is_are_in_it(lake: Lake) -> None:
    claims = [
        claim(IN[0], 3),
        claim(OUT[0], 2),
        claim(OUT[1], 1, value="bob"),
        claim(OUT[2], is_removed=True),
    ]
    record = lake.add([*everyone(), play(DIGEST, login_identity=LOGIN)], claims)
    assert {row["mpid"] for row in lake.rows(record, "users")} == {IN[0], OUT[0], OUT[2]}


def test_an_unborne_login_identity_brings_nobody(lake: Lake) -> None:
    record = lake.add(everyone(), [claim(IN[0], 3), claim(OUT[0], 2)])
    assert {row["mpid"] for row in lake.rows(record, "users")} == {IN[0]}


def test_a_digest_in_the_sample_brings_those_who_take_its_rows_away(lake: Lake) -> None:
    name = next(
        f"u{number}"
        for number in range(1000)
        if login_digest(f"customer_id:u{number}")
        in by_point([*USERS, login_digest(f"customer_id:u{number}")])[:MOST]
    )
    bearer = play(login_digest(f"customer_id:{name}"), login_identity=f"customer_id:{name}")
    record = lake.add([*everyone(), bearer], [claim(OUT[-1], value=name)])
    assert OUT[-1] in {row["mpid"] for row in lake.rows(record, "users")}


def test_the_end_of_a_session_under_another_mpid_is_in_it(lake: Lake) -> None:
    start = play(IN[0], 1, event_type="session_start", session_id="s")
    ends = [
        play(OUT[0], 0, event_type="session_end", session_id="s"),
        play(OUT[1], 0, event_type="session_end", session_id="another"),
        play(OUT[2], 0, event_type="session_end", session_id="s", input="shop/web"),
        play(IN[1], 0, event_type="session_end", session_id="s"),
    ]
    record = lake.add([*everyone(), *ends])
    assert {row["mpid"] for row in lake.rows(record, "events")} == set(IN)
    record = lake.add([start])
    found = [row["mpid"] for row in lake.rows(record, "events")]
    assert sorted(found) == sorted([*IN, IN[0], IN[1], OUT[0]])


@pytest.mark.parametrize("seed", range(4))
def test_rows_of_others_are_the_same_in_whatever_steps_they_came(
    seed: int, lake: Lake, tmp_path: Path
) -> None:
    random = Random(seed)
    record = lake.add(everyone())
    for step in range(6):
        events, statements = [], []
        for number in range(6):
            mpid, days = random.choice(USERS), random.randrange(6)
            login = {"login_identity": f"customer_id:u{random.randrange(6)}"} if random.random() < 0.4 else {}
            borne = {**login, "mpid": login_digest(login["login_identity"])} if login else {"mpid": mpid}
            session = {
                "session_id": f"s{random.randrange(5)}",
                "event_type": f"session_{random.choice(('start', 'end'))}",
            }
            at = days_ago(days)
            events.append(make_event(event_at=at, event_id=f"{step} {number}", **borne, **session))
            statements.append(claim(mpid, days, value=f"u{random.randrange(6)}", position=10 * step + number))
        record = lake.add(events, statements)
    at_once = Lake(tmp_path / "other")
    other = at_once.add(lake.events, lake.statements)
    assert lake.sampled(record) == at_once.sampled(other)
    for table in ("events", "users"):
        kinds = {kind for day in record.days[table].values() for kind in day.others}
        assert kinds == {"events": {"borne", "ends"}, "users": {"claims"}}[table]
        assert sorted(lake.rows(record, table), key=str) == sorted(at_once.rows(other, table), key=str)


def test_no_row_is_there_twice_when_a_user_falls_out_of_the_sample(lake: Lake) -> None:
    """A day that was written for more users holds rows that other records would bring a second time."""
    digests = [login_digest(f"customer_id:u{number}") for number in range(2000)]
    number = next(
        place for place, digest in enumerate(digests) if digest in by_point([*USERS, digest])[MOST - 1 : MOST]
    )
    digest, login = digests[number], f"customer_id:u{number}"
    record = lake.add([*everyone(), play(digest, login_identity=login)], [claim(IN[0], value=f"u{number}")])
    assert digest in lake.sampled(record)
    newcomer = next(mpid for mpid in range(100, 10_000) if mpid in by_point([*USERS, mpid])[: MOST - 1])
    record = lake.add([play(newcomer, 2)])
    assert digest not in lake.sampled(record)
    assert [row["mpid"] for row in lake.rows(record, "events")].count(digest) == 1


def test_other_login_types_are_looked_at_anew(lake: Lake) -> None:
    bearer = play(login_digest("email:bea"), login_identity="email:bea")
    record = lake.add([*everyone(), bearer], [claim(IN[0], name="email", value="bea")])
    assert bearer["mpid"] not in {row["mpid"] for row in lake.rows(record, "events")}
    update_sample(lake.data, ("email",), MOST)
    record = current_sample(lake.data, ("email",), MOST)
    assert record is not None
    assert bearer["mpid"] in {row["mpid"] for row in lake.rows(record, "events")}
