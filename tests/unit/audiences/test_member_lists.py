from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest

from tests.support.publications import AS_OF
from transforms.audiences import tables
from transforms.audiences.member_lists import MemberLists, Span, count_shared, spans
from transforms.audiences.tables import write_rows
from transforms.contracts import MEMBERSHIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALLEST, LARGEST = -(2**63), 2**63 - 1


def lists(folder: Path, members: dict[str, list[int]]) -> MemberLists:
    rows = [
        {"as_of": AS_OF, "audience_id": audience_id, "mpid": mpid}
        for audience_id, mpids in members.items()
        for mpid in mpids
    ]
    write_rows(folder / "members.parquet", MEMBERSHIP, pa.Table.from_pylist(rows, MEMBERSHIP))
    return MemberLists(folder / "members.parquet")


def in_parts(mpids: list[int], size: int) -> Iterator[pl.Series]:
    for start in range(0, len(mpids), size):
        yield pl.Series("mpid", mpids[start : start + size], dtype=pl.Int64)


def test_spans_name_each_run_of_an_audience() -> None:
    assert spans(pa.array(["a", "a", "b", "a"])) == (Span("a", 0, 2), Span("b", 2, 3), Span("a", 3, 4))
    assert spans(pa.array(["é"]).dictionary_encode()) == (Span("é", 0, 1),)
    assert spans(pa.array([], pa.string())) == ()


@pytest.mark.parametrize("rows_in_group", [1, 2, 3, 100])
def test_lists_come_back_wherever_row_groups_end(
    tmp_path: Path, rows_in_group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS_IN_GROUP", rows_in_group)
    members = {"a": [SMALLEST, -1, 0, 7, LARGEST], "b": [0], "d": [1, 2]}
    found = lists(tmp_path, members)
    for audience_id, mpids in members.items():
        assert found.size(audience_id) == len(mpids)
        assert found.mpids(audience_id).to_list() == mpids
        assert all(0 < len(part) <= rows_in_group for part in found.parts(audience_id))
    assert found.size("c") == 0
    assert found.mpids("c").to_list() == []
    assert found.mpids("a").to_list() == members["a"]


def test_a_file_without_rows_has_no_lists(tmp_path: Path) -> None:
    assert lists(tmp_path, {}).size("a") == 0


@pytest.mark.parametrize("seed", range(30))
def test_what_is_shared_is_what_both_sets_have(seed: int) -> None:
    random = Random(seed)
    numbers = [SMALLEST, LARGEST, *range(-20, 20)]
    left, right = (sorted(random.sample(numbers, random.randrange(len(numbers)))) for _ in range(2))
    parts = in_parts(left, random.randrange(1, 9)), in_parts(right, random.randrange(1, 9))
    assert count_shared(*parts) == len(set(left) & set(right))
