"""`milepost compile` and `milepost eject` (spec §13)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestration.cli.main import main
from tests.support.project_folder import audience, write_project

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "models/milestones/generated/audiences/mst_buyers.sql"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0), capsys.readouterr().out


def test_a_check_fails_until_the_models_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = str(write_project(tmp_path, {"audiences/buyers.yml": audience("buyers")}))
    status, diff = run(capsys, "--project-dir", folder, "compile", "--check")
    assert status == 3
    assert f"+++ compiled/{MODEL}" in diff
    assert not (tmp_path / MODEL).exists()
    status, said = run(capsys, "--project-dir", folder, "compile")
    assert (status, said.splitlines()[-1]) == (0, "4 written, 0 removed, 0 unchanged")
    assert run(capsys, "--project-dir", folder, "compile", "--check") == (0, "")


def test_answers_are_json_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = str(write_project(tmp_path, {"audiences/buyers.yml": audience("buyers")}))
    status, said = run(capsys, "compile", "--project-dir", folder, "--check", "--json")
    assert status == 3
    assert [each["kind"] for each in json.loads(said)["differences"]] == ["missing"] * 4
    _, said = run(capsys, "compile", "--project-dir", folder, "--json")
    assert MODEL in json.loads(said)["written"]


def test_an_ejected_model_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = str(write_project(tmp_path, {"audiences/buyers.yml": audience("buyers")}))
    run(capsys, "--project-dir", folder, "compile")
    status, path = run(capsys, "--project-dir", folder, "eject", "buyers")
    assert (status, path) == (0, "models/milestones/custom/mst_buyers.sql\n")
    assert not (tmp_path / MODEL).exists()
    assert run(capsys, "--project-dir", folder, "compile", "--check") == (0, "")


def test_invalid_definitions_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = str(write_project(tmp_path, {"audiences/buyers.yml": audience("buyers", criteria="{}")}))
    status, _ = run(capsys, "--project-dir", folder, "compile")
    assert status == 2
    assert not (tmp_path / "models").exists()
