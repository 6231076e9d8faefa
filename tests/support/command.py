"""The command line, called in this process over a folder that holds `project/` and `data/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def answer(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    """Call `milepost` to its end."""
    options = ["--project-dir", str(folder / "project"), "--data-dir", str(folder / "data")]
    with pytest.raises(SystemExit) as exited:
        main([*arguments, *options])
    captured = capsys.readouterr()
    return Answer(int(exited.value.code or 0), captured.out, captured.err)
