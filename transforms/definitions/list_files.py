"""Finds the lists of a project folder, lists/*.csv, and checks the beginning of each (spec §3).

The whole of a list is read when a run takes it in: a check of the definitions takes no longer for a long list.
Problems: DEF-120 (warning) a file that no criterion can name, those of files.is_inside, and LST-… of what is in a
list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.definitions.files import is_inside
from transforms.definitions.vocabulary import ID_PATTERN
from transforms.documents.list_file import check_start
from transforms.errors import Place

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.documents.report import Report

LISTS = "lists"
_SUFFIX = ".csv"


def list_path(name: str) -> str:
    """Where the list of a name lies, below the project folder."""
    return f"{LISTS}/{name}{_SUFFIX}"


def read_lists(folder: Path, report: Report) -> tuple[str, ...]:
    """The names of the lists in a project folder, sorted, those with problems too."""
    inside = folder / LISTS
    if not inside.is_dir():
        return ()
    names: list[str] = []
    for path in sorted(inside.iterdir(), key=lambda found: found.name):
        if path.name.startswith(".") or path.suffix.lower() != _SUFFIX:
            continue
        file = f"{LISTS}/{path.name}"
        if path.suffix != _SUFFIX or re.fullmatch(ID_PATTERN, path.stem) is None:
            report.add(
                "DEF-120",
                "no criterion can name this list",
                Place(file),
                hint="rename it: lower-case letters, digits and single `_`, a letter first, then `.csv`",
                severity="warning",
            )
            continue
        names.append(path.stem)
        try:
            if is_inside(folder, file, report):
                with path.open("rb") as stream:
                    check_start(stream, file, report)
        except (OSError, RuntimeError) as error:
            why = error.strerror if isinstance(error, OSError) else "a link that leads nowhere"
            report.add("DEF-003", f"the file can't be read: {why}", Place(file))
    return tuple(names)
