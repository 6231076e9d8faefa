"""Who was a member before an instant, and since when, over published memberships (spec §8)."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.support.project_folder import MILEPOST, audience, load
from tests.support.publications import publication
from transforms.audiences.earlier_members import (
    EARLIER_MEMBERS,
    find_earlier_members,
    write_earlier_members,
)
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import Definitions

FIRST = datetime(2018, 1, 1)
FILES = {
    "audiences/a.yml": audience("a"),
    "audiences/b.yml": audience("b"),
    "audiences/long.yml": audience("long", criteria="{member_since: {in: a, before: 2018-01-01}}"),
    "audiences/both.yml": audience(
        "both",
        criteria="{any: [{member_since: {in: a, within: 1 day}}, {none: [{member_since: {in: b, within: 1 day}}]}]}",
    ),
}


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


@pytest.fixture
def history(tmp_path: Path):
    """Stores an as_of a day: each item names the audiences with their members; `formerly` by day."""

    def make(
        *days: dict[str, set[int]], formerly: dict[int, dict[str, str]] | None = None
    ) -> dict[datetime, Path]:
        store = open_store(tmp_path / "published")
        for number, members in enumerate(days):
            renamed = (formerly or {}).get(number)
            generation = publish(store, publication(day(number), dict(members), formerly=renamed))
        return generation.stored

    return make


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    return load(tmp_path / "project", FILES)


def found(
    definitions: Definitions,
    stored: dict[datetime, Path],
    number: int,
    *audience_ids: str,
    mpid: int | None = None,
) -> set[tuple[str, int, datetime]]:
    with closing(duckdb.connect()) as connection:
        asked = audience_ids or ("long",)
        find_earlier_members(connection, definitions, asked, stored, day(number), mpid=mpid)
        rows = connection.execute(f"select audience_id, mpid, since from {EARLIER_MEMBERS}").fetchall()
    assert len(rows) == len({row[:2] for row in rows})
    return set(rows)


def test_the_run_that_reaches_to_the_as_of_before_counts(definitions, history) -> None:
    stored = history({"a": {1, 2}}, {"a": {2}}, {"a": {1, 2, 3}}, {"a": {1, 2}})
    assert found(definitions, stored, 4) == {("a", 1, day(2)), ("a", 2, day(0))}
    assert found(definitions, stored, 3) == {("a", 1, day(2)), ("a", 2, day(0)), ("a", 3, day(2))}


def test_what_is_stored_for_the_instant_itself_or_later_does_not_count(definitions, history) -> None:
    stored = history({"a": {1}}, {"a": {1, 2}}, {"a": {3}})
    assert found(definitions, stored, 1) == {("a", 1, day(0))}
    assert found(definitions, stored, 0) == set()
    assert found(definitions, {}, 5) == set()


def test_an_as_of_at_which_it_was_not_calculated_breaks_no_run(definitions, history) -> None:
    stored = history({"a": {1}}, {"b": {1}}, {"a": {1}}, {"b": {1}})
    assert found(definitions, stored, 4) == {("a", 1, day(0))}


def test_an_as_of_at_which_it_had_no_members_breaks_every_run(definitions, history) -> None:
    assert found(definitions, history({"a": {1}}, {"a": set()}, {"a": {1}}), 3) == {("a", 1, day(2))}
    assert found(definitions, history({"a": {1}}, {"a": set()}), 2) == set()


def test_only_audiences_whose_since_is_compared_are_looked_at(definitions, history) -> None:
    stored = history({"a": {1}, "b": {2}})
    assert found(definitions, stored, 1, "a", "b") == set()
    assert found(definitions, stored, 1, "both") == {("a", 1, day(0)), ("b", 2, day(0))}


def test_a_renamed_audience_keeps_its_members_time(tmp_path: Path, history) -> None:
    files = {**FILES, "audiences/a.yml": audience("a", formerly="older")}
    definitions = load(tmp_path / "renamed", files)
    stored = history(
        {"oldest": {1}},
        {"older": {1}},
        {"older": {1, 2}},
        formerly={1: {"older": "oldest"}, 2: {"older": "oldest"}},
    )
    assert found(definitions, stored, 3) == {("a", 1, day(0)), ("a", 2, day(2))}
    stored = history({"older": {1}}, {"a": {1}}, formerly={1: {"a": "older"}})
    assert found(definitions, stored, 2) == {("a", 1, day(0))}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_run_may_be_longer_than_what_is_read_at_once(
    definitions, history, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("transforms.audiences.since.AT_ONCE", at_once)
    stored = history({"a": {1}}, {"a": {1, 2}}, {"a": {1}}, {"a": {1, 2}}, {"a": {1, 2}}, {"a": {1, 2, 3}})
    assert found(definitions, stored, 6) == {("a", 1, day(0)), ("a", 2, day(3)), ("a", 3, day(5))}


def test_memberships_older_than_the_history_do_not_count_whether_removed_or_not(
    tmp_path: Path, history
) -> None:
    definitions = load(tmp_path / "short", FILES, MILEPOST + "membership_history: 2 days\n")
    stored = history({"a": {1}}, {"a": {1}}, {"a": {1}}, {"a": {1}})
    assert found(definitions, stored, 3) == {("a", 1, day(1))}
    assert found(definitions, stored, 4) == {("a", 1, day(2))}


def test_one_user_is_looked_for_alone(definitions, history) -> None:
    stored = history({"a": {1, 2}}, {"a": {1, 2}})
    assert found(definitions, stored, 2, mpid=2) == {("a", 2, day(0))}
    assert found(definitions, stored, 2, mpid=9) == set()


def test_the_file_holds_the_same_in_order_and_replaces_the_one_before(
    definitions, history, tmp_path: Path
) -> None:
    path = tmp_path / "it's here" / "earlier.parquet"
    for number in (1, 2):
        stored = history({"a": {2, -(2**63), 2**63 - 1}}, {"a": {2}})
        write_earlier_members(path, definitions, ["long"], stored, day(number), tmp_path / "spill")
        rows = [tuple(row.values()) for row in pq.read_table(path).to_pylist()]
        mpids = [-(2**63), 2, 2**63 - 1] if number == 1 else [2]
        assert rows == [("a", mpid, day(0)) for mpid in mpids]
    write_earlier_members(path, definitions, ["a"], {}, day(2), tmp_path / "spill")
    assert pq.read_table(path).num_rows == 0
