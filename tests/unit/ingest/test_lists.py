"""Lists into the lake (spec §3, §4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from transforms.contracts import LISTS
from transforms.errors import UserError
from transforms.ingest.lists import TakenList, has_list, take_in_lists

if TYPE_CHECKING:
    from pathlib import Path


class Folders:
    """A project folder with lists, and a lake."""

    def __init__(self, root: Path) -> None:
        self.project, self.lake = root / "project", root / "lake"
        (self.project / "lists").mkdir(parents=True)

    def write(self, name: str, content: bytes) -> None:
        (self.project / "lists" / f"{name}.csv").write_bytes(content)

    def take(self, *names: str) -> tuple[TakenList, ...]:
        return take_in_lists(self.project, self.lake, names)

    def rows(self) -> list[tuple[object, ...]]:
        """As the dbt source reads them."""
        glob = str(self.lake / "lists" / "*" / "*.parquet")
        with duckdb.connect() as connection:
            return connection.execute(
                "select list_name, identity_type, identity_value, mpid from read_parquet(?, "
                "hive_partitioning = true, hive_types = {'list_name': varchar}) order by all",
                [glob],
            ).fetchall()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_without_lists_there_is_a_table_without_rows(folders: Folders) -> None:
    assert folders.take() == ()
    assert folders.rows() == []


def test_lists_of_identities_and_of_mpids_share_one_table(folders: Folders) -> None:
    folders.write("vip", b"# frozen\nemail\r\nA@x.com\r\nA@x.com\r\n")
    folders.write("null", b"mpid\n-9223372036854775808\n")
    folders.write("unused", b"mpid\n1\n")
    assert folders.take("vip", "null", "vip") == (TakenList("null", 1, True), TakenList("vip", 2, True))
    vip = ("vip", "email", "A@x.com", None)
    assert folders.rows() == [("null", None, None, -(2**63)), vip, vip]
    assert pq.read_schema(folders.lake / "lists" / "list_name=vip" / "part-0.parquet").equals(LISTS)


def test_a_list_is_read_again_when_its_bytes_change(folders: Folders) -> None:
    folders.write("vip", b"mpid\n1\n")
    folders.take("vip")
    assert folders.take("vip") == (TakenList("vip", 1, False),)
    folders.write("vip", b"mpid\n2\n3\n")
    assert folders.take("vip") == (TakenList("vip", 2, True),)
    assert [row[3] for row in folders.rows()] == [2, 3]


def test_a_list_that_nothing_names_leaves_the_lake(folders: Folders) -> None:
    folders.write("vip", b"mpid\n1\n")
    folders.take("vip")
    folders.take()
    assert not has_list(folders.lake, "vip")
    assert folders.rows() == []


def test_every_problem_of_every_list_is_raised_and_good_lists_are_taken(folders: Folders) -> None:
    folders.write("vip", b"mpid\n1\n")
    folders.take("vip")
    folders.write("vip", b"mpid\n" + b"2\n" * 200_000 + b"secret\n")
    folders.write("other", b"email\na,b\n")
    folders.write("good", b"mpid\n7\n")
    with pytest.raises(UserError) as raised:
        folders.take("vip", "other", "good", "missing")
    assert [(problem.code, str(problem.place)) for problem in raised.value.problems] == [
        ("LST-020", "lists/missing.csv"),
        ("LST-004", "lists/other.csv:2"),
        ("LST-005", "lists/vip.csv:200002"),
    ]
    assert "secret" not in str(raised.value)
    assert [row[3] for row in folders.rows()] == [7, 1]
    leftovers = [
        path.name for path in folders.lake.rglob("*") if path.is_file() and path.suffix != ".parquet"
    ]
    assert leftovers == []


def test_an_empty_list_and_a_long_one(folders: Folders) -> None:
    folders.write("empty", b"email\n")
    folders.write("long", b"mpid\n" + b"".join(b"%d\n" % number for number in range(150_000)))
    assert [taken.rows for taken in folders.take("empty", "long")] == [0, 150_000]
    assert len(folders.rows()) == 150_000
