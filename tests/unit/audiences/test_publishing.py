from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.publications import AS_OF, publication
from transforms.audiences import publishing, tables
from transforms.audiences.generations import Store, open_store
from transforms.audiences.publishing import ensure, publish
from transforms.audiences.tables import write_rows
from transforms.contracts import AUDIENCE_DAILY, MEMBERSHIP, USER_IDENTITIES
from transforms.errors import InternalError

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
SMALLEST, LARGEST = -(2**63), 2**63 - 1


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "published")


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def figures(store: Store) -> dict[tuple[datetime, str], tuple[int, int | None, int | None, float | None]]:
    current = store.current()
    assert current is not None
    return {
        (row.as_of, row.audience_id): (row.size, row.adds, row.drops, row.volatility)
        for row in current.figures
    }


def test_first_generation_has_every_file_with_its_schema(store: Store) -> None:
    generation = ensure(store)
    assert generation.number == 0
    assert generation.newest is None
    assert pq.read_schema(generation.folder / "audience_daily.parquet").equals(AUDIENCE_DAILY)
    assert pq.read_schema(generation.identities_file).equals(USER_IDENTITIES)
    found = duckdb.sql(
        f"select * from read_parquet('{store.folder}/current/memberships/*/members.parquet', hive_partitioning = false)"
    )
    assert found.columns == MEMBERSHIP.names
    assert found.fetchall() == []


def test_ends_of_int64_and_variants_come_back_exactly(store: Store) -> None:
    generation = publish(store, publication(members={"a": {SMALLEST: "push", 0: "Control", LARGEST: "push"}}))
    assert pq.read_table(generation.members_file(AS_OF)).select(["mpid", "variant"]).to_pylist() == [
        {"mpid": SMALLEST, "variant": "push"},
        {"mpid": 0, "variant": "Control"},
        {"mpid": LARGEST, "variant": "push"},
    ]
    assert generation.calculated(AS_OF)["a"].test


def test_adds_and_drops_compare_with_exactly_a_day_before(store: Store) -> None:
    publish(store, publication(AS_OF, {"a": {1, 2, 3, 4}}))
    publish(store, publication(AS_OF + DAY - timedelta(microseconds=1), {"a": {9}}))
    publish(store, publication(AS_OF + DAY, {"a": {3, 4, 5, -6}}))
    assert figures(store) == {
        (AS_OF, "a"): (4, None, None, None),
        (AS_OF + DAY - timedelta(microseconds=1), "a"): (1, None, None, None),
        (AS_OF + DAY, "a"): (4, 2, 2, 1.0),
    }


def test_volatility_of_an_emptied_audience_is_null(store: Store) -> None:
    publish(store, publication(AS_OF, {"a": {1}}))
    publish(store, publication(AS_OF + DAY, {"a": set()}))
    assert figures(store)[AS_OF + DAY, "a"] == (0, 0, 1, None)


def test_an_audience_that_was_not_calculated_the_day_before_has_nothing_to_compare_with(store: Store) -> None:
    publish(store, publication(AS_OF, {"a": {1}}))
    publish(store, publication(AS_OF + DAY, {"a": {1}, "b": {1}}))
    assert figures(store)[AS_OF + DAY, "b"] == (1, None, None, None)


def test_a_renamed_audience_compares_with_its_former_id(store: Store) -> None:
    publish(store, publication(AS_OF, {"old": {1, 2}}))
    publish(store, publication(AS_OF + DAY, {"new": {2, 3}}, formerly={"new": "old"}))
    assert figures(store)[AS_OF + DAY, "new"] == (2, 1, 1, 1.0)


def test_a_day_filled_in_later_completes_the_day_after_it(store: Store) -> None:
    publish(store, publication(AS_OF + DAY, {"a": {1, 2}}))
    assert figures(store)[AS_OF + DAY, "a"] == (2, None, None, None)
    publish(store, publication(AS_OF, {"a": {2}}))
    assert figures(store)[AS_OF + DAY, "a"] == (2, 1, 0, 0.5)


def test_the_order_of_publishing_does_not_show(tmp_path: Path) -> None:
    days = [
        publication(AS_OF + DAY * number, {"a": set(range(number, number + 5)), "b": set()}, history=DAY)
        for number in range(3)
    ]
    contents = []
    for number, order in enumerate(permutations(days)):
        store = open_store(tmp_path / str(number))
        for day in order:
            publish(store, day)
        current = store.current()
        assert current is not None
        contents.append(content(current.folder))
    assert all(found == contents[0] for found in contents)


def test_memberships_older_than_the_history_go_and_leave_null_behind(store: Store) -> None:
    for number in range(4):
        generation = publish(store, publication(AS_OF + DAY * number, {"a": {number}}, history=2 * DAY))
    assert list(generation.stored) == [AS_OF + DAY * number for number in (1, 2, 3)]
    assert figures(store)[AS_OF + DAY, "a"] == (1, None, None, None)
    assert figures(store)[AS_OF + 2 * DAY, "a"] == (1, 1, 1, 2.0)


def test_the_same_again_makes_no_new_generation(store: Store) -> None:
    first = publish(store, publication(members={"a": {1}}))
    again = publish(store, publication(members={"a": {1}}))
    assert again.number == first.number
    assert [folder.name for folder in store.generations.iterdir() if folder.name.startswith(".")] == []


def test_a_republished_as_of_replaces_its_members_and_leaves_the_others(store: Store) -> None:
    publish(store, publication(AS_OF, {"a": {1}}))
    before = publish(store, publication(AS_OF + DAY, {"a": {1}}))
    after = publish(store, publication(AS_OF, {"a": {1, 2}}))
    assert after.number == before.number + 1
    assert after.members_file(AS_OF + DAY).samefile(before.members_file(AS_OF + DAY))
    assert figures(store)[AS_OF + DAY, "a"] == (1, 0, 1, 1.0)


def test_identities_are_those_of_the_newest_as_of(store: Store) -> None:
    publish(store, publication(AS_OF + DAY, {"a": {1}}, identities={(1, "email", "new@example.com")}))
    generation = publish(store, publication(AS_OF, {"a": {1}}, identities={(1, "email", "old@example.com")}))
    assert pq.read_table(generation.identities_file)["identity_value"].to_pylist() == ["new@example.com"]


@pytest.mark.parametrize("later_first", [False, True])
def test_an_audience_stays_described_while_members_of_it_are_stored(store: Store, later_first: bool) -> None:
    days = [
        publication(AS_OF, {"gone": {1}, "kept": {1}}),
        publication(AS_OF + timedelta(days=1), {"kept": {1}}),
    ]
    for day in reversed(days) if later_first else days:
        publish(store, day)
    generation = store.current()
    assert generation is not None
    assert [audience.id for audience in generation.audiences] == ["gone", "kept"]
    last = publication(AS_OF + timedelta(days=9), {"kept": {1}}, history=timedelta(days=8))
    assert [audience.id for audience in publish(store, last).audiences] == ["kept"]


def test_two_generations_are_kept(store: Store) -> None:
    for number in range(5):
        publish(store, publication(AS_OF + DAY * number, {"a": {number}}))
    assert sorted(folder.name for folder in store.generations.iterdir()) == ["4", "5"]


@pytest.mark.parametrize("moment", ["_finish", "_swap", "_write_figures", "_write_newest"])
def test_a_crash_leaves_the_last_complete_generation(
    store: Store, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(store, publication(AS_OF, {"a": {1}}))
    kept = content(before.folder)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publishing, moment, crash)
        with pytest.raises(KeyboardInterrupt):
            publish(store, publication(AS_OF + DAY, {"a": {2}}))
    current = store.current()
    assert current is not None
    assert current.folder == before.folder
    assert content(current.folder) == kept
    publish(store, publication(AS_OF + DAY, {"a": {2}}))
    assert sorted(folder.name for folder in store.generations.iterdir()) == ["1", "2"]


def test_a_crash_between_rename_and_swap_is_swept(store: Store) -> None:
    publish(store, publication(AS_OF, {"a": {1}}))
    (store.generations / "2").mkdir()
    (store.generations / "2" / "half").write_text("x")
    generation = publish(store, publication(AS_OF + DAY, {"a": {1}}))
    assert generation.number == 2
    assert not (generation.folder / "half").exists()


def test_a_reader_keeps_its_generation_while_the_next_is_published(store: Store) -> None:
    reader = publish(store, publication(AS_OF, {"a": {1}}))
    publish(store, publication(AS_OF, {"a": {1, 2}}))
    assert pq.read_table(reader.members_file(AS_OF)).num_rows == 1


@pytest.mark.parametrize("mpids", [[2, 1], [1, 1]])
def test_members_out_of_order_are_refused(store: Store, mpids: list[int]) -> None:
    rows = [{"as_of": AS_OF, "audience_id": "a", "mpid": mpid} for mpid in mpids]
    wrong = replace(publication(members={"a": set()}), members=pa.Table.from_pylist(rows, MEMBERSHIP))
    with pytest.raises(InternalError, match="order"):
        publish(store, wrong)


def test_members_of_an_audience_that_was_not_calculated_are_refused(store: Store) -> None:
    with pytest.raises(InternalError, match="not calculated"):
        publish(store, replace(publication(members={"a": {1}}), calculated=()))


def test_a_file_is_linked_and_gives_the_bytes_that_its_rows_give(tmp_path: Path) -> None:
    rows = publication(members={"a": {1, 2}, "b": {3: "push"}}, identities={(1, "email", "a@example.com")})
    files = {}
    for name, schema in (("members", MEMBERSHIP), ("identities", USER_IDENTITIES)):
        files[name] = tmp_path / f"{name}.parquet"
        write_rows(files[name], schema, getattr(rows, name))
    by_rows = publish(open_store(tmp_path / "rows"), rows)
    by_files = publish(open_store(tmp_path / "files"), replace(rows, **files))
    assert content(by_files.folder) == content(by_rows.folder)
    assert by_files.members_file(AS_OF).samefile(files["members"])
    assert by_files.identities_file.samefile(files["identities"])


@pytest.mark.parametrize("mpids", [[2, 1], [1, 1]])
def test_a_file_of_members_out_of_order_is_refused(store: Store, tmp_path: Path, mpids: list[int]) -> None:
    rows = [{"as_of": AS_OF, "audience_id": "a", "mpid": mpid} for mpid in mpids]
    file = tmp_path / "members.parquet"
    write_rows(file, MEMBERSHIP, pa.Table.from_pylist(rows, MEMBERSHIP))
    with pytest.raises(InternalError, match="order"):
        publish(store, replace(publication(members={"a": set()}), members=file))


def test_members_are_held_in_order_from_one_row_group_to_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS_IN_GROUP", 2)
    rows = [{"as_of": AS_OF, "audience_id": "a", "mpid": mpid} for mpid in (1, 2, 2)]
    wrong = replace(publication(members={"a": set()}), members=pa.Table.from_pylist(rows, MEMBERSHIP))
    with pytest.raises(InternalError, match="order"):
        publish(store, wrong)
    right = publication(members={"a": {3, 4, 5}, "b": {1, 2, 3, 4}})
    assert publish(store, right).newest == AS_OF


def test_members_of_another_as_of_are_refused(store: Store) -> None:
    rows = [{"as_of": AS_OF + DAY, "audience_id": "a", "mpid": 1}]
    wrong = replace(publication(members={"a": set()}), members=pa.Table.from_pylist(rows, MEMBERSHIP))
    with pytest.raises(InternalError, match="as_of"):
        publish(store, wrong)


def test_batches_do_not_show_in_the_bytes(tmp_path: Path) -> None:
    whole = publication(members={"a": set(range(1000))})
    assert isinstance(whole.members, pa.Table)
    contents = []
    for size in (7, 1000):
        reader = pa.RecordBatchReader.from_batches(MEMBERSHIP, whole.members.to_batches(max_chunksize=size))
        store = open_store(tmp_path / str(size))
        contents.append(content(publish(store, replace(whole, members=reader)).folder))
    assert contents[0] == contents[1]
