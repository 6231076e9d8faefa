"""Finds the definition files of a project folder and reads each into nodes.

Problems: DEF-001 no project folder, DEF-002 no milepost.yml, DEF-003 a file can't be read, DEF-004 not UTF-8,
DEF-005 (warning) a folder is not read, DEF-007 a file is too large, DEF-008 a link that leads out of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.documents.yaml import read_yaml
from transforms.errors import Place

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

PROJECT_FILE = "milepost.yml"
_SUFFIXES = (".yml", ".yaml")
#: A value takes some five hundred bytes once it is read, so that this much YAML takes less than a gigabyte.
_LARGEST = 2_000_000


@dataclass(frozen=True)
class Document:
    """One file, relative to the project folder, and its tree; None where it can't be read."""

    file: str
    tree: Node | None


def read_project_file(folder: Path, report: Report) -> Document:
    """milepost.yml of a project folder."""
    path = folder / PROJECT_FILE
    if not folder.is_dir():
        report.add(
            "DEF-001",
            f"there is no project folder `{folder.name}`",
            None,
            hint="name it with --project-dir, or make one with `milepost init DIR`",
        )
        return Document(PROJECT_FILE, None)
    if not path.exists():
        report.add(
            "DEF-002",
            f"there is no {PROJECT_FILE} in `{folder.name}`",
            Place(PROJECT_FILE),
            hint="name the project folder with --project-dir, or make one with `milepost init DIR`",
        )
        return Document(PROJECT_FILE, None)
    return _read(folder, PROJECT_FILE, report)


def read_folder(folder: Path, name: str, report: Report) -> tuple[Document, ...]:
    """The .yml and .yaml files of the folder `name`, sorted by name; hidden ones are skipped."""
    inside = folder / name
    if not inside.exists():
        return ()
    if not inside.is_dir():
        report.add("DEF-003", f"`{name}` is not a folder", Place(name))
        return ()
    documents: list[Document] = []
    for path in sorted(inside.iterdir(), key=lambda found: found.name):
        if path.name.startswith("."):
            continue
        file = f"{name}/{path.name}"
        if path.suffix in _SUFFIXES:
            documents.append(_read(folder, file, report))
        elif path.is_dir() and any(child.suffix in _SUFFIXES for child in path.iterdir()):
            report.add(
                "DEF-005",
                f"definitions in the folder `{file}` are not read",
                Place(file),
                hint=f"move them to {name}/",
                severity="warning",
            )
    return tuple(documents)


def read_file(path: Path, file: str, report: Report) -> Document:
    """A definition file that lies anywhere; `file` is what it is called in messages."""
    return _read_at(path, file, report)


def is_inside(folder: Path, file: str, report: Report) -> bool:
    """Whether a file of the project folder is one, and not a link out of it; problems go to `report`.

    What a link shows of the machine that validates a project of others is not for its author to see. OSError, or
    RuntimeError of a link to itself, where it can't be told.
    """
    path = folder / file
    if not path.resolve(strict=True).is_relative_to(folder.resolve()):
        report.add(
            "DEF-008",
            "the file is a link that leads out of the project folder: it is not read",
            Place(file),
            hint="copy the file to where the link is",
        )
        return False
    if not path.is_file():
        report.add("DEF-003", "the file can't be read: it is no file", Place(file))
        return False
    return True


def _read(folder: Path, file: str, report: Report) -> Document:
    try:
        if not is_inside(folder, file, report):
            return Document(file, None)
    except (OSError, RuntimeError) as error:
        return _unreadable(file, error, report)
    return _read_at(folder / file, file, report)


def _read_at(path: Path, file: str, report: Report) -> Document:
    try:
        if path.stat().st_size > _LARGEST:
            report.add(
                "DEF-007",
                f"the file has {path.stat().st_size:,} bytes, at most {_LARGEST:,} are allowed",
                Place(file),
                hint="split it into several files",
            )
            return Document(file, None)
        # utf-8-sig: some editors begin a file with a byte order mark.
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(
            "DEF-004",
            f"not UTF-8: byte {error.start + 1} is no text",
            Place(file),
            hint="save the file as UTF-8",
        )
        return Document(file, None)
    except OSError as error:
        return _unreadable(file, error, report)
    return Document(file, read_yaml(text, file, report))


def _unreadable(file: str, error: OSError | RuntimeError, report: Report) -> Document:
    # A link to itself is a RuntimeError.
    why = error.strerror if isinstance(error, OSError) else "a link that leads nowhere"
    report.add("DEF-003", f"the file can't be read: {why}", Place(file))
    return Document(file, None)
