"""Writes definition files all or none: where the project is invalid afterwards, every file is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.load import load_definitions
from transforms.durable import replace_bytes
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def change_files(project: Path, texts: Mapping[str, str | None]) -> None:
    """Give files below the project folder these texts; None removes one.

    UserError with the problems of the project as it would be, which it then is not.
    """
    before = {name: _bytes(project / name) for name in texts}
    _write(project, {name: None if text is None else text.encode() for name, text in texts.items()})
    try:
        load_definitions(project)
    except UserError:
        _write(project, before)
        raise


def check_files(project: Path, texts: Mapping[str, str | None]) -> None:
    """UserError with the problems that the project would have with these texts; no file changes."""
    before = {name: _bytes(project / name) for name in texts}
    try:
        _write(project, {name: None if text is None else text.encode() for name, text in texts.items()})
        load_definitions(project)
    finally:
        _write(project, before)


def _write(project: Path, contents: Mapping[str, bytes | None]) -> None:
    for name, content in contents.items():
        path = project / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(path, content)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
