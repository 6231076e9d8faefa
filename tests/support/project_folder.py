"""Builds project folders of YAML for tests."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from transforms.definitions.load import check_definitions, load_definitions

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import Definitions

MILEPOST = """\
project: shop
workspaces:
  shop:
    inputs:
      ios: {kind: platform, format: batches}
      web: {kind: platform, format: batches}
  club:
    inputs:
      till: {kind: feed, format: batches}
"""


def audience(audience_id: str = "buyers", **keys: str) -> str:
    """The text of an audience; a key of None leaves it out."""
    written = {"criteria": "{event: {name: Play}}", **keys}
    lines = [f"audience: {audience_id}", *(f"{key}: {value}" for key, value in written.items() if value)]
    return "\n".join(lines) + "\n"


def write_project(folder: Path, files: dict[str, str] | None = None, milepost: str | None = MILEPOST) -> Path:
    """A project folder with milepost.yml and the `files` (path → text)."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {**({} if milepost is None else {"milepost.yml": milepost}), **(files or {})}
    for path, content in named.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(content), encoding="utf-8")
    return folder


def load(folder: Path, files: dict[str, str] | None = None, milepost: str = MILEPOST) -> Definitions:
    """The definitions of such a folder."""
    return load_definitions(write_project(folder, files, milepost))


def problems(folder: Path, files: dict[str, str] | None = None, milepost: str | None = MILEPOST) -> str:
    """What `milepost validate` would say of such a folder: every problem, one after the other."""
    checked = check_definitions(write_project(folder, files, milepost))
    return "".join(f"{problem}\n" for problem in checked.problems)


def codes(folder: Path, files: dict[str, str] | None = None, milepost: str | None = MILEPOST) -> list[str]:
    """The codes of every problem, sorted by file and line."""
    checked = check_definitions(write_project(folder, files, milepost))
    return [problem.code for problem in checked.problems]


__all__ = ["MILEPOST", "audience", "codes", "load", "problems", "write_project"]
