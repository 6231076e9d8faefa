from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from transforms.definitions.records import Input
from transforms.errors import Place
from transforms.ingest.run import ingest
from transforms.simulation.plan import SimulationPlan, Tally
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

INPUT = Input("shop", "app", "platform", "batches", None, None, Place("milepost.yml"))


def land(data: Path, **changes: Any) -> Tally:
    values: dict[str, Any] = {"seed": 11, "users": 200, "events": 4_000, "days": 4, **changes}
    total = Tally()
    folder = data / "landing" / "shop" / "app"
    folder.mkdir(parents=True)
    for file in simulate(SimulationPlan(end=datetime(2024, 3, 1), **values)):
        path = folder / file.name
        path.write_bytes(b"".join(file.lines))
        seconds = file.arrives_at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (seconds, seconds))
        total = total + file.tally
    return total


@pytest.mark.parametrize("seed", [1, 2])
def test_ingest_keeps_each_simulated_event_once_and_quarantines_each_bad_line(
    tmp_path: Path, seed: int
) -> None:
    tally = land(tmp_path, seed=seed, late_rate=0.1, duplicate_rate=0.1, malformed_rate=0.1)
    report = ingest((INPUT,), tmp_path, ("customer_id",))
    counts = report.totals
    assert counts.records_read == tally.lines
    assert counts.records_quarantined == tally.malformed
    assert counts.events_read == tally.events + tally.duplicate_events + tally.bad_events
    assert counts.events_kept == tally.events
    assert counts.events_duplicate == tally.duplicate_events
    assert counts.events_quarantined == tally.bad_events
    assert counts.events_conflicting == 0
    assert counts.events_reused == 0
    assert counts.events_late == 0


def test_every_event_type_arrives_in_the_lake_in_its_own_day(tmp_path: Path) -> None:
    land(tmp_path, events=20_000, late_rate=0.1)
    ingest((INPUT,), tmp_path, ("customer_id",))
    events = duckdb.read_parquet(
        str(tmp_path / "lake" / "events" / "*" / "*.parquet"), hive_partitioning=True
    )
    assert events.filter("event_at::date <> day::date").fetchall() == []
    assert len(events.aggregate("event_type").fetchall()) == 19
    assert events.filter("mpid < 0 and login_identity is not null").fetchall() != []
