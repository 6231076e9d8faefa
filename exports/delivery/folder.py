"""A folder below the data folder: a file appears whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.durable import link_file, replacing

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """Takes files; one of the same name is replaced."""

    folder: Path

    def put(self, path: Path, name: str) -> None:
        """The file at `path` stands in the folder under `name`, as it is now."""
        with replacing(self.folder / name) as temporary:
            temporary.unlink(missing_ok=True)
            link_file(path, temporary)
