from __future__ import annotations

import csv
import gzip
import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from orchestration.demo.landing import LandingFile, write_landing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[LandingFile, ...]]:
    folder = tmp_path_factory.mktemp("landing")
    return folder, write_landing(folder)


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_line_of_the_source_is_landed_once(landing: tuple[Path, tuple[LandingFile, ...]]) -> None:
    folder, files = landing
    till = pa.concat_tables(pq.read_table(path) for path in sorted((folder / "shop/till").iterdir()))
    assert till.num_rows == 1_469_307 == sum(file.rows for file in files if "/till/" in file.path)
    assert str(pc.sum(till["amount"]).as_py()) == "4596039.58"
    assert pc.count_distinct(till["basket"]).as_py() == 155_848
    assert {file.path: file.rows for file in files if "/till/" not in file.path} == {
        "shop/campaigns/2017.csv": 6_589,
        "shop/coupons/2017.csv.gz": 2_102,
        "shop/crm/survey.csv": 801,
    }


def test_no_file_holds_an_event_later_than_its_arrival(
    landing: tuple[Path, tuple[LandingFile, ...]],
) -> None:
    folder, files = landing
    for file in files:
        if file.path.endswith(".parquet"):
            newest = pc.max(pq.read_table(folder / file.path)["sold_at"]).as_py()
            assert newest < file.arrived_at


def test_a_second_writing_changes_neither_bytes_nor_times(
    landing: tuple[Path, tuple[LandingFile, ...]], tmp_path: Path
) -> None:
    folder, _ = landing
    write_landing(tmp_path)
    assert contents(tmp_path) == contents(folder)


def test_a_basket_carries_its_own_discounts_on_every_line(
    landing: tuple[Path, tuple[LandingFile, ...]],
) -> None:
    folder, _ = landing
    rows = pq.read_table(folder / "shop/till/2018-01.parquet").to_pylist()
    saved: dict[int, set[object]] = {}
    for row in rows:
        saved.setdefault(row["basket"], set()).add(row["basket_loyalty_discount"])
    assert len(saved) == 86
    assert all(len(values) == 1 for values in saved.values())


def test_survey_addresses_are_of_the_domain_reserved_for_examples(
    landing: tuple[Path, tuple[LandingFile, ...]],
) -> None:
    folder, _ = landing
    with (folder / "shop/crm/survey.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["email"] for row in rows} == {f"household-{row['household']}@example.com" for row in rows}
    assert any(row["home_ownership"] == "" for row in rows)


def test_redemptions_name_the_type_of_their_campaign(landing: tuple[Path, tuple[LandingFile, ...]]) -> None:
    folder, _ = landing
    with gzip.open(folder / "shop/coupons/2017.csv.gz", "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["campaign_type"] for row in rows} == {"Type A", "Type B", "Type C"}
    assert (rows[0]["redeemed_on"], rows[-1]["redeemed_on"]) == ("2017-01-01", "2017-12-31")
