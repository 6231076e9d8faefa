"""The command in processes of its own that are forked from one which has imported dagster and dbt.

Those imports are half of a small run's seconds: a suite that starts the command fifty times would do them fifty times.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_IMPORTED = (
    "orchestration.cli.main",
    "orchestration.cli.run",
    "orchestration.definitions",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
    "tests.e2e.preloaded",
)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([*_IMPORTED])


class Started:
    """`milepost` with these arguments, at work in a process group of its own."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.arguments = tuple(arguments)
        self._folder = Path(tempfile.mkdtemp(prefix="milepost_"))
        self._process = _FORKS.Process(
            target=_run, args=(self.arguments, dict(environment), self._out, self._error)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The process, and the group of its children."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit status, None while it is at work."""
        return self._process.exitcode

    def finish(self) -> subprocess.CompletedProcess[str]:
        """Wait until it ends; what it wrote and its exit status, as `subprocess.run` gives them."""
        self._process.join()
        assert self._process.exitcode is not None
        written = [
            path.read_text(encoding="utf-8") if path.exists() else "" for path in (self._out, self._error)
        ]
        shutil.rmtree(self._folder)
        return subprocess.CompletedProcess(self.arguments, self._process.exitcode, *written)

    @property
    def _out(self) -> Path:
        return self._folder / "out"

    @property
    def _error(self) -> Path:
        return self._folder / "error"


def _run(arguments: tuple[str, ...], environment: dict[str, str], out: Path, error: Path) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, error)):
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, number)
        os.close(target)
    from orchestration.cli.main import main

    try:
        main(list(arguments))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
