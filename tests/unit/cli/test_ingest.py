"""`milepost ingest` as a shell sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestration.cli.main import main
from tests.support.mmdb import write_mmdb
from tests.support.project_folder import MILEPOST, write_project
from tests.support.world_places import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path


def ingest(folder: Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(
            ["ingest", "--json", "--project-dir", str(folder / "project"), "--data-dir", str(folder / "data")]
        )
    return int(stopped.value.code or 0)


def test_a_missing_database_of_addresses_is_wrong_use_and_ingests_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_project(tmp_path / "project", {}, MILEPOST + "ip_geolocation: geo/cities.mmdb\n")
    landed = tmp_path / "data" / "landing" / "shop" / "ios" / "a.json"
    landed.parent.mkdir(parents=True)
    body = {
        "mpid": 1,
        "environment": "production",
        "ip": "198.51.100.1",
        "timestamp_unixtime_ms": 1_514_808_000_000,
    }
    landed.write_text(json.dumps(body))
    assert ingest(tmp_path) == 2
    assert "ip_geolocation_missing" in capsys.readouterr().err
    assert not (tmp_path / "data" / "lake").exists()
    write_mmdb(tmp_path / "data" / "geo" / "cities.mmdb", NETWORKS)
    assert ingest(tmp_path) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["records_parsed"] == 1
