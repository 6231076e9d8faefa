"""What was calculated and is no longer defined: listed, and read by the as_of for which it is stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, audience, write_project
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALLEST = -(2**63)
FILES = {
    "audiences/idle.yml": audience("idle"),
    "audiences/lapsed.yml": audience("lapsed"),
    "connections/meta.yml": """\
        outputs: {meta: {partner: meta_csv}}
        connections: [{connection: lapsed_meta, audience: lapsed, output: meta, status: active}]
        """,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`lapsed` was calculated."""
    write_project(tmp_path / "project", FILES, MILEPOST)
    publish(
        open_store(tmp_path / "data" / "published"), publication(AS_OF, {"lapsed": {SMALLEST, 9, 10, 11}})
    )
    return tmp_path


@pytest.fixture
def milepost(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer(folder, capsys, *arguments)


def test_an_audience_without_a_definition_is_listed_as_orphaned(milepost, folder: Path) -> None:
    (folder / "project" / "connections" / "meta.yml").unlink()
    (folder / "project" / "audiences" / "lapsed.yml").unlink()
    rows = {row["id"]: row for row in milepost("list", "--json").json["audiences"]}
    assert (rows["lapsed"]["state"], rows["lapsed"]["size"]) == ("orphaned", 4)


def test_members_of_what_is_no_longer_defined_are_read_by_their_as_of(milepost, folder: Path) -> None:
    publish(open_store(folder / "data" / "published"), publication(datetime(2018, 1, 2), {"idle": {1}}))
    (folder / "project" / "connections" / "meta.yml").unlink()
    (folder / "project" / "audiences" / "lapsed.yml").unlink()
    rows = {row["id"]: (row["state"], row["size"]) for row in milepost("list", "--json").json["audiences"]}
    assert rows["lapsed"] == ("orphaned", None)
    for command in ("show", "members", "history", "download"):
        refused = milepost(command, "lapsed")
        assert (refused.status, refused.out) == (1, "")
        assert "--as-of 2018-01-01T00:00:00Z" in refused.err
    assert milepost("members", "lapsed", "--as-of", "2018-01-01", "--limit", "1").out == f"{SMALLEST}\n"
