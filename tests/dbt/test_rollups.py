"""Rollups of events by day through dbt: what one run keeps, and what makes the next one count a day again."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.support.lake import make_event, make_statement, write_lake
from tests.support.pipeline import add_scaffold, run_dbt
from transforms.compiler.emit import write_models
from transforms.compiler.models import compile_models
from transforms.compiler.rollups import rollups
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.lake import Row

MILEPOST = "project: shop\nworkspaces: {shop: {inputs: {ios: {kind: platform, format: batches}}}}\n"
PLAYERS = "audience: players\ncriteria: {event: {name: Play, count: {gte: 2}, within: 5 days}}\n"
SPENDERS = "audience: spenders\ncriteria: {event: {name: Play, sum: {attribute: seconds, gte: 100}, within: 5 days}}\n"
FIRST, NOON = datetime(2018, 1, 6), datetime(2018, 1, 8, 12, 0, 0, 1)
#: A row of the rollup that no event is behind: it goes when its day is counted again, and only then.
FORGED = 4711


class Shop:
    """A project of two audiences with a lake that grows, evaluated by dbt at one instant after another."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project, self.data = root / "project", root / "data"
        add_scaffold(self.project)
        for name, text in (
            ("milepost.yml", MILEPOST),
            ("audiences/a.yml", PLAYERS),
            ("audiences/b.yml", SPENDERS),
        ):
            (self.project / name).parent.mkdir(exist_ok=True)
            (self.project / name).write_text(text, encoding="utf-8")
        self.definitions = load_definitions(self.project)
        write_models(self.project, compile_models(self.definitions))
        self.counts, self.sums = sorted(rollups(self.definitions), key=len)

    def lake(self, events: list[Row], statements: Iterable[Row] = ()) -> None:
        """The lake as ingest leaves it: a day whose rows are as they were keeps its file."""
        new = self.root / "new"
        write_lake(new, events, statements)
        for path in sorted(new.rglob("*.parquet")):
            kept = self.data / "lake" / path.relative_to(new)
            kept.parent.mkdir(parents=True, exist_ok=True)
            if not kept.exists() or kept.read_bytes() != path.read_bytes():
                path.replace(kept)
                # As old as files are by the time of the next run.
                os.utime(kept, (self._written, self._written))
        shutil.rmtree(new)

    _clock = 1_600_000_000

    @property
    def _written(self) -> int:
        Shop._clock += 10
        return Shop._clock

    def run(self, as_of: datetime) -> dict[str, list[Any]]:
        """Every rollup and the members of every audience."""
        run_dbt(self.project, self.data, as_of, self.definitions.project, "+mst_players", "+mst_spenders")
        with self.warehouse() as connection:
            return {
                name: connection.execute(f"select * from {name} order by all").fetchall()
                for name in (self.counts, self.sums, "mst_players", "mst_spenders")
            }

    def anew(self, as_of: datetime) -> dict[str, list[Any]]:
        """The same by a warehouse that nothing was ever counted in."""
        kept = self.data / "kept"
        (self.data / "warehouse").rename(kept)
        found = self.run(as_of)
        shutil.rmtree(self.data / "warehouse")
        kept.rename(self.data / "warehouse")
        return found

    def forge(self, *days: date) -> None:
        """A row for each day, of a user whom no event has."""
        with self.warehouse() as connection:
            for day in days:
                connection.execute(
                    f"insert into {self.counts} by name select {FORGED} as mpid, {FORGED} as recorded_mpid,"
                    " $day as day, 1 as events",
                    {"day": day},
                )

    def forged(self) -> list[date]:
        """The days whose forged rows are still there."""
        with self.warehouse() as connection:
            rows = connection.execute(f"select day from {self.counts} where mpid = {FORGED} order by day")
            return [day for (day,) in rows.fetchall()]

    def warehouse(self) -> closing[duckdb.DuckDBPyConnection]:
        return closing(duckdb.connect(str(self.data / "warehouse" / "milepost.duckdb")))


def plays(*days: int, mpid: int = 1, **overrides: Any) -> list[Row]:
    """An event at noon of each day of January."""
    return [
        make_event(
            mpid=mpid,
            event_id=f"{mpid}-{day}-{number}",
            event_at=datetime(2018, 1, day, 12),
            attributes=[("seconds", "30.5")],
            **overrides,
        )
        for number, day in enumerate(days)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that dbt has parsed and run over an empty lake once."""
    shop = Shop(tmp_path_factory.mktemp("made"))
    shop.lake([])
    shop.run(FIRST)
    return shop.root


@pytest.fixture
def shop(made: Path) -> Shop:
    """Under the same path each time, since dbt parses everything again where one has changed."""
    shop = Shop(made)
    shutil.rmtree(shop.data / "lake")
    shutil.rmtree(shop.data / "warehouse")
    return shop


def test_each_day_is_counted_once_and_results_are_those_of_a_new_warehouse(shop: Shop):
    events = plays(1, 2, 2, 4) + plays(3, 5, mpid=2)
    shop.lake(events)
    assert shop.run(FIRST)["mst_players"] == [(1,), (2,)]
    days = [date(2018, 1, day) for day in range(1, 6)]
    shop.forge(*days)
    shop.lake(events + plays(6, 7, mpid=3) + plays(8, mpid=2))
    found = shop.run(NOON)
    assert shop.forged() == days
    anew = shop.anew(NOON)
    assert [row for row in found[shop.counts] if row[0] != FORGED] == anew[shop.counts]
    # The eighth is not over at noon: its events come from the lake.
    assert found["mst_players"] == anew["mst_players"] == [(2,), (3,)]
    assert max(row[2] for row in found[shop.counts]) == date(2018, 1, 7)


def test_late_events_count_their_days_again_and_no_other(shop: Shop):
    events = plays(1, 3, 4)
    shop.lake(events)
    shop.run(FIRST)
    shop.forge(date(2018, 1, 3), date(2018, 1, 4))
    shop.lake(events + plays(3, 3, mpid=2))
    found = shop.run(FIRST)
    assert shop.forged() == [date(2018, 1, 4)]
    anew = shop.anew(FIRST)
    assert found["mst_players"] == anew["mst_players"] == [(1,), (2,)]
    assert found[shop.sums] == anew[shop.sums]


def test_a_day_that_left_the_lake_is_forgotten(shop: Shop):
    shop.lake(plays(3, 4))
    shop.run(FIRST)
    shutil.rmtree(shop.data / "lake" / "events" / "day=2018-01-03")
    assert [row[2] for row in shop.run(FIRST)[shop.counts]] == [date(2018, 1, 4)]


def test_an_earlier_as_of_sees_its_own_days_and_takes_none_from_the_later(shop: Shop):
    shop.lake(plays(1, 2, 4) + plays(3, 5, mpid=2))
    later = shop.run(FIRST)
    assert shop.run(datetime(2018, 1, 5, 12))["mst_players"] == [(1,)]
    assert shop.run(FIRST) == later == shop.anew(FIRST)


def test_who_a_login_is_is_told_at_each_as_of(shop: Shop):
    given = {"statement": "identity", "name": "customer_id", "value": "ana"}
    bears = {"login_identity": "customer_id:ana"}
    events = plays(2, 3, mpid=-7, **bears)
    shop.lake(events)
    assert shop.run(datetime(2018, 1, 4))["mst_players"] == [(-7,)]
    shop.lake(events, [make_statement(mpid=5, said_at=datetime(2018, 1, 4, 12), **given)])
    assert shop.run(datetime(2018, 1, 5))["mst_players"] == [(5,)]
    assert shop.run(datetime(2018, 1, 4))["mst_players"] == [(-7,)]
    assert shop.run(FIRST) == shop.anew(FIRST)


def test_where_an_analyst_filters_events_every_day_is_counted_in_each_run(shop: Shop):
    hook = shop.project / "macros" / "hooks" / "filters.sql"
    text = hook.read_text(encoding="utf-8")
    shop.lake(plays(1, 2) + plays(3, 4, mpid=2))
    shop.run(FIRST)
    shop.forge(date(2018, 1, 1))
    try:
        hook.write_text(text.replace("event_filter() %}true", "event_filter() %}mpid <> 2"), encoding="utf-8")
        assert shop.run(FIRST)["mst_players"] == [(1,)]
        assert shop.forged() == []
        shop.forge(date(2018, 1, 1))
        shop.run(FIRST)
        assert shop.forged() == []
    finally:
        hook.write_text(text, encoding="utf-8")
    assert shop.run(FIRST)["mst_players"] == [(1,), (2,)]


def test_another_function_of_the_warehouse_counts_every_day_again(shop: Shop):
    functions = shop.project / "macros" / "functions" / "totals.sql"
    text = functions.read_text(encoding="utf-8")
    shop.lake(plays(1, 2))
    shop.run(FIRST)
    shop.forge(date(2018, 1, 1))
    try:
        functions.write_text(text.replace("cast(trunc(value) as", "cast(floor(value) as"), encoding="utf-8")
        shop.run(FIRST)
    finally:
        functions.write_text(text, encoding="utf-8")
    assert shop.forged() == []
