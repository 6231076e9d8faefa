from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from exports.mpid_ranges import MpidRange, mpid_ranges
from tests.support.exports import Export

if TYPE_CHECKING:
    from pathlib import Path

LEAST, MOST = -(2**63), 2**63 - 1
EVERYBODY = tuple(
    (mpid, kind, value)
    for mpid in (LEAST, -5, 0, 3, 4, 5, 6, 7, 2**53, MOST)
    for kind, value in (
        ("email", f"u{mpid}@example.com"),
        ("email", "all@example.com"),
        ("customer_id", f"n{mpid}"),
    )
)


@pytest.mark.parametrize(
    "mpids",
    [(), (7,), (LEAST, MOST), (LEAST, LEAST + 1, -1, 0, 1, MOST - 1, MOST), (5,) * 9, range(1000)],
    ids=["none", "one", "both ends", "around the ends and zero", "one mpid", "many"],
)
def test_each_mpid_is_in_one_range(mpids: tuple[int, ...]) -> None:
    with duckdb.connect() as connection:
        connection.register("given", pl.DataFrame({"mpid": pl.Series(mpids, dtype=pl.Int64)}).to_arrow())
        connection.execute("create table member as select * from given")
        ranges = mpid_ranges(connection, "member", rows=2)
        found = [
            connection.execute(
                "select mpid from member where mpid between ? and ?", [one.first, one.last]
            ).fetchall()
            for one in ranges
        ]
    assert sorted(mpid for rows in found for (mpid,) in rows) == sorted(mpids)
    assert [(one.first, one.last) for one in ranges] == sorted((one.first, one.last) for one in ranges)
    assert (ranges[0].first, ranges[-1].last) == (LEAST, MOST)


def test_few_rows_are_one_range() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table member as select unnest([1, 2, 3])::bigint as mpid")
        assert mpid_ranges(connection, "member", rows=3) == (MpidRange(),)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("partner", ["meta_csv", "json_lines", "meta", "braze", "trade_desk", "live_ramp"])
def test_files_are_the_same_whatever_is_put_together_at_once(
    partner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts = Export(partner, set(EVERYBODY)).deliver(tmp_path / "parts").files
    monkeypatch.setattr("exports.rows.ROWS", 1_000)
    at_once = Export(partner, set(EVERYBODY)).deliver(tmp_path / "once").files
    assert in_parts == at_once
