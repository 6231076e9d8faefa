"""What ingest counts as kept, duplicate and quarantined, against the oracle over generated landing files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.oracle.ingest import ingest as expected_lake
from tests.support.pipeline import ingest_landing
from tests.support.project_files import write_landing, write_project
from tests.support.worlds import make_scene
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_equal(seed: int, tmp_path: Path) -> None:
    world = make_scene(seed).world
    write_project(tmp_path / "project", world, audiences=[], journeys=[])
    write_landing(tmp_path / "data", world)
    totals = ingest_landing(load_definitions(tmp_path / "project").project, tmp_path / "data").totals
    lake = expected_lake(world)
    assert totals.records_read == len(world.landing)
    assert totals.records_quarantined == lake.quarantined_records
    assert totals.events_quarantined == lake.quarantined_events
    assert totals.events_duplicate == lake.duplicates
    assert totals.events_kept == len(lake.events)
