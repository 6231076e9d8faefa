from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import time
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from exports.download import Download, DownloadRequest, write_download
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

GENERATED = datetime(2018, 1, 1, 4, 5, 6, 789000)
SMALLEST, LARGEST = -(2**63), 2**63 - 1
IDENTITIES = {
    (SMALLEST, "email", "a@example.com"),
    (SMALLEST, "email", "Z@example.com"),
    (SMALLEST, "customer_id", "=1+1"),
    (2, "email", 'quote"comma,line\r\nend'),
    (10, "customer_id", "\u00fcber"),
    (LARGEST, "push_token", "<e481f135 9629f0c3>"),
    (77, "email", "stranger@example.com"),
}


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    members: dict[str, dict[int, str | None] | set[int]] = {
        "lapsed": {SMALLEST: "push", 2: "Control", 10: "push", LARGEST: "push", 11: "push"},
        "empty": set(),
    }
    return publish(open_store(tmp_path / "published"), publication(members=members, identities=IDENTITIES))


def download(
    generation: Generation,
    folder: Path,
    *parts: tuple[str, str | None],
    types: tuple[str, ...] = ("email", "customer_id", "push_token", "ios_idfv"),
    sample: int | None = None,
) -> Download:
    return write_download(folder, generation, DownloadRequest(parts, AS_OF, types, sample), GENERATED)


def members(found: Download) -> dict[str, bytes]:
    with zipfile.ZipFile(found.path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_one_row_for_every_identity_sorted_by_mpid_as_a_number(
    generation: Generation, tmp_path: Path
) -> None:
    text = members(download(generation, tmp_path, ("lapsed", None)))["lapsed.csv"].decode()
    assert text.startswith("mpid,scanned_timestamp_ms,identity_value,identity_type\r\n")
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [
        [str(SMALLEST), "1514764800000", "=1+1", "customer_id"],
        [str(SMALLEST), "1514764800000", "Z@example.com", "email"],
        [str(SMALLEST), "1514764800000", "a@example.com", "email"],
        ["2", "1514764800000", 'quote"comma,line\r\nend', "email"],
        ["10", "1514764800000", "\u00fcber", "customer_id"],
        [str(LARGEST), "1514764800000", "<e481f135 9629f0c3>", "push_token"],
    ]


def test_manifest_comes_last_and_adds_up(generation: Generation, tmp_path: Path) -> None:
    found = download(generation, tmp_path, ("lapsed", "push"), ("lapsed", "Control"), ("empty", None))
    files = members(found)
    assert list(files) == ["empty.csv", "lapsed-Control.csv", "lapsed-push.csv", "manifest.json"]
    manifest = json.loads(files["manifest.json"])
    assert manifest == found.manifest
    assert manifest["archive_name"] == found.path.name
    assert re.fullmatch(rf"milepost_20180101T000000Z_{manifest['id'][:8]}\.zip", found.path.name)
    assert list(manifest) == [
        "archive_name",
        "id",
        "audience_ids",
        "included_identities",
        "manifest_generated",
        "min_timestamp_ms",
        "max_timestamp_ms",
        "total_rows",
        "rows_by_identity",
        "files",
    ]
    assert manifest["audience_ids"] == ["empty", "lapsed"]
    assert manifest["manifest_generated"] == "2018-01-01T04:05:06.789000Z"
    assert manifest["total_rows"] == 6
    assert manifest["rows_by_identity"] == {"email": 3, "customer_id": 2, "push_token": 1, "ios_idfv": 0}
    empty, control, push = manifest["files"]
    assert empty == {
        "file_name": "empty.csv",
        "min_timestamp_ms": None,
        "max_timestamp_ms": None,
        "total_users": 0,
        "total_rows": 0,
        "rows_by_identity": {"email": 0, "customer_id": 0, "push_token": 0, "ios_idfv": 0},
    }
    assert (control["total_users"], control["total_rows"]) == (1, 1)
    # mpid 11 is a member without an identity: it has no row.
    assert (push["total_users"], push["total_rows"]) == (3, 5)
    assert push["min_timestamp_ms"] == push["max_timestamp_ms"] == 1514764800000


def test_chosen_identities_alone_are_in(generation: Generation, tmp_path: Path) -> None:
    found = download(generation, tmp_path, ("lapsed", None), types=("customer_id",))
    assert found.manifest["rows_by_identity"] == {"customer_id": 2}
    assert b"@" not in members(found)["lapsed.csv"]


def test_a_sample_takes_the_members_of_smallest_md5(generation: Generation, tmp_path: Path) -> None:
    mpids = [SMALLEST, 2, 10, LARGEST, 11]
    chosen = sorted(mpids, key=lambda mpid: hashlib.md5(str(mpid).encode()).hexdigest())[:2]
    text = members(download(generation, tmp_path, ("lapsed", None), sample=2))["lapsed.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {int(row["mpid"]) for row in rows} == {mpid for mpid in chosen if mpid != 11}


def test_a_sample_larger_than_the_audience_is_the_audience(generation: Generation, tmp_path: Path) -> None:
    assert download(generation, tmp_path, ("lapsed", None), sample=100).manifest["total_rows"] == 6


def test_the_same_content_is_the_same_archive_whenever_it_is_made(
    generation: Generation, tmp_path: Path
) -> None:
    first = download(generation, tmp_path / "first", ("lapsed", None))
    time.sleep(2.1)  # a ZIP tells times to two seconds
    second = download(generation, tmp_path / "second", ("lapsed", None))
    assert first.path.name == second.path.name
    assert first.path.read_bytes() == second.path.read_bytes()


def test_other_content_has_another_id(generation: Generation, tmp_path: Path) -> None:
    whole = download(generation, tmp_path, ("lapsed", None))
    part = download(generation, tmp_path, ("lapsed", "push"))
    assert whole.manifest["id"] != part.manifest["id"]


def test_nothing_is_left_behind(generation: Generation, tmp_path: Path) -> None:
    found = download(generation, tmp_path / "downloads", ("lapsed", None))
    assert [path.name for path in (tmp_path / "downloads").iterdir()] == [found.path.name]


def test_a_variant_name_cannot_leave_its_folder(tmp_path: Path) -> None:
    store = open_store(tmp_path / "published")
    generation = publish(
        store, publication(members={"a": {1: "../50 %"}}, identities={(1, "email", "a@b.de")})
    )
    found = download(generation, tmp_path, ("a", "../50 %"))
    assert list(members(found)) == ["a-..%2F50 %25.csv", "manifest.json"]
