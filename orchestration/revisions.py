"""The project folder as git has it at a revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.errors import failure

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def project_at(project: Path, revision: str) -> Iterator[Path]:
    """The definitions, lists and models of a project at `revision`, in a folder of their own for as long as the block runs.

    A failure (exit status 1) where the folder is in no git repository, or git knows no such revision or no project
    there.
    """
    commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        inside = _git(project, "rev-parse", "--is-inside-work-tree") is not None
        if not inside:
            raise failure(
                "no-repository",
                "the project folder is in no git repository, so there is nothing to compare with",
                hint="`git init`, then commit the project",
            )
        raise failure("no-such-revision", f"git knows no revision `{revision}` of the project")
    archive = _git(project, "archive", "--format=tar", commit.decode().strip(), ".")
    if archive is None:
        raise failure("no-such-revision", f"the project folder is not in the revision `{revision}`")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        if not (Path(folder) / "milepost.yml").is_file():
            raise failure("no-such-revision", f"there is no milepost.yml in the revision `{revision}`")
        yield Path(folder)


def _git(project: Path, *arguments: str) -> bytes | None:
    """What git prints, None where it fails or is missing."""
    command = ("git", "-C", str(project), *arguments)
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
