from __future__ import annotations

import os
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from orchestration.authorship import authorship

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder inside a repository."""
    folder = tmp_path / "repository" / "dbt_project"
    (folder / "audiences").mkdir(parents=True)
    git(tmp_path / "repository", "init", "-q")
    return folder


def git(folder: Path, *arguments: str, author: str = "Ana", at: int = 0) -> None:
    settings = ("-c", f"user.name={author}", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    environment = {**os.environ, "GIT_AUTHOR_DATE": f"{at} +0000", "GIT_COMMITTER_DATE": f"{at} +0000"}
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, env=environment)


def commit(folder: Path, text: str, author: str, at: int) -> None:
    (folder / "audiences" / "\u00fcber.yml").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x", author=author, at=at)


FILE = "audiences/\u00fcber.yml"


def test_the_first_commit_created_and_the_last_one_updated(project: Path) -> None:
    commit(project, "1", "Ana Maria", 1_500_000_000)
    commit(project, "2", "Bo", 1_500_086_400)
    found = authorship(project, (FILE,))[FILE]
    assert found.created_by == "Ana Maria"
    assert found.updated_at == datetime(2017, 7, 15, 2, 40)


def test_a_file_that_differs_was_updated_when_it_was_written(project: Path) -> None:
    commit(project, "1", "Ana", 1_500_000_000)
    (project / FILE).write_text("2")
    os.utime(project / FILE, (1_600_000_000, 1_600_000_000))
    found = authorship(project, (FILE,))[FILE]
    assert (found.created_by, found.updated_at) == ("Ana", datetime(2020, 9, 13, 12, 26, 40))


def test_without_git_the_file_tells(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("1")
    os.utime(tmp_path / "a.yml", (1_600_000_000, 1_600_000_000))
    found = authorship(tmp_path, ("a.yml", "missing.yml"))
    assert list(found) == ["a.yml"]
    assert found["a.yml"].updated_at == datetime(2020, 9, 13, 12, 26, 40)
