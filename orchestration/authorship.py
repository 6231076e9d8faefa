"""Who created a definition file and when it was changed last: from git, else from the file."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = "\x1f"


@dataclass(frozen=True)
class Authorship:
    """`updated_at` is naive UTC. `created_by` is the author's name in git, else the file's owner."""

    updated_at: datetime
    created_by: str | None


def authorship(project: Path, files: tuple[str, ...]) -> dict[str, Authorship]:
    """The authorship of files (relative to the project folder) that exist.

    A file that git does not know is described by its own time and owner; one that differs from what was
    committed was updated when it was written.
    """
    wanted = {file for file in files if (project / file).is_file()}
    committed = _committed(project) if wanted else {}
    changed = _changed(project) if committed else set[str]()
    found = {}
    for file in wanted:
        known = committed.get(file)
        if known is None:
            found[file] = Authorship(_written(project / file), _owner(project / file))
        elif file in changed:
            found[file] = Authorship(_written(project / file), known.created_by)
        else:
            found[file] = known
    return found


def _committed(project: Path) -> dict[str, Authorship]:
    """What git says of every file below the project, newest commit first."""
    log = _git(project, "log", "--relative", "--name-only", f"--format={_COMMIT}%at %an", "--", ".")
    found: dict[str, Authorship] = {}
    for commit in log.split(_COMMIT)[1:]:
        head, *names = commit.splitlines()
        seconds, _, author = head.partition(" ")
        at = datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
        for name in filter(None, names):
            # Commits come newest first: the first one updated the file, the last one created it.
            found[name] = Authorship(found[name].updated_at if name in found else at, author)
    return found


def _changed(project: Path) -> set[str]:
    return set(_git(project, "diff", "--relative", "--name-only", "HEAD", "--", ".").splitlines())


def _git(project: Path, *arguments: str) -> str:
    """What git prints, nothing where there is no git or no repository."""
    command = ("git", "-c", "core.quotepath=off", "-C", str(project), *arguments)
    try:
        return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None, microsecond=0)


def _owner(path: Path) -> str | None:
    try:
        return path.owner()
    except (KeyError, OSError):
        return None
