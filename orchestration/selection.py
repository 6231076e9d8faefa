"""Models by name → what dbt is told to select."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

#: dbt takes a blank or a comma between two selections, and a pattern for several names.
_PLAIN = re.compile(r"[\w./-]+")


def with_parents(models: Collection[str], manifest: dict[str, Any]) -> list[str]:
    """Selections of the named models with everything that they read, sorted.

    A folder of whose models none is missing is named in their place, the topmost: dbt holds each selection against
    each node, and 500 milestones by name took 6 s of a run.
    """
    paths = {
        node["name"]: PurePosixPath(node["original_file_path"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    incomplete = {folder for name, path in paths.items() if name not in models for folder in path.parents}
    return sorted({_selection(name, paths.get(name), incomplete) for name in models})


def _selection(name: str, path: PurePosixPath | None, incomplete: Collection[PurePosixPath]) -> str:
    # The last parent is the project folder itself.
    folders = [] if path is None else list(path.parents)[-2::-1]
    whole = next((folder for folder in folders if folder not in incomplete), None)
    return f"+{name}" if whole is None or not _PLAIN.fullmatch(str(whole)) else f"+path:{whole}"
