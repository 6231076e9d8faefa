from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from orchestration.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("--users", "20", "--events", "50", "--days", "2", "--end", "2024-03-01")


def milepost(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_writes_one_file_a_day_dated_at_the_days_end(tmp_path: Path) -> None:
    assert milepost("simulate", str(tmp_path / "new"), *SMALL) == 0
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["events-2024-02-28.json", "events-2024-02-29.json"]
    assert [datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat() for file in files] == [
        "2024-02-29",
        "2024-03-01",
    ]
    assert all(json.loads(line) for file in files for line in file.read_text("utf-8").splitlines())


def test_compressed_files_hold_the_same_lines_in_the_same_bytes_each_time(tmp_path: Path) -> None:
    assert milepost("simulate", str(tmp_path / "plain"), *SMALL) == 0
    assert milepost("simulate", str(tmp_path / "one"), *SMALL, "--gzip") == 0
    assert milepost("simulate", str(tmp_path / "two"), *SMALL, "--gzip") == 0
    one = tmp_path / "one" / "events-2024-02-28.json.gz"
    assert one.read_bytes() == (tmp_path / "two" / one.name).read_bytes()
    assert gzip.decompress(one.read_bytes()) == (tmp_path / "plain" / "events-2024-02-28.json").read_bytes()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "milepost.yml").write_text(
        """
project: shop
workspaces:
  shop:
    inputs:
      web: {kind: platform, format: batches}
      app: {kind: platform, format: batches, landing: drop/app}
      till:
        kind: feed
        format: csv
        mapping: {record: user, user: {customer_id: household}}
""",
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize(("name", "landing"), [("shop/web", "landing/shop/web"), ("shop/app", "drop/app")])
def test_into_writes_where_the_input_lands(name: str, landing: str, project: Path, tmp_path: Path) -> None:
    folders = ("--project-dir", str(project), "--data-dir", str(tmp_path / "data"))
    assert milepost(*folders, "simulate", "--into", name, *SMALL) == 0
    assert len(list((tmp_path / "data" / landing).iterdir())) == 2


@pytest.mark.parametrize("name", ["shop/shop", "web", "../web", "shop/till"])
def test_into_takes_only_inputs_of_batches(
    name: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ("--project-dir", str(project), "--data-dir", str(tmp_path / "data"))
    assert milepost(*folders, "simulate", "--into", name, *SMALL) == 2
    assert "allowed: shop/web, shop/app" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_json_gives_the_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert milepost("simulate", str(tmp_path), *SMALL, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["events"], answer["files"]) == (50, 2)
    assert answer["lines"] == answer["batches"] + answer["duplicate_batches"] + answer["malformed"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "SIM-010"),
        (("somewhere", "--into", "shop/web"), "SIM-010"),
        (("somewhere", "--end", "yesterday"), "SIM-012"),
        (("somewhere", "--late", "2"), "SIM-002"),
    ],
)
def test_wrong_use_writes_nothing_and_exits_2(
    arguments: tuple[str, ...],
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert milepost("simulate", *arguments) == 2
    captured = capsys.readouterr()
    assert code in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []
