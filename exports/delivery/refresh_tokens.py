"""Refresh tokens that a partner gave in the place of one in the environment, on this machine alone.

A partner that gives a new one with each access token takes the old one back: the variable would hold for one run. So the
new one is written down before it is used, in a folder and files that only their owner may read. It holds for as long as
the variable is what it was: whoever signs in again and sets the variable anew is not overruled.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.durable import replacing

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


@dataclass(frozen=True)
class RefreshTokens:
    """One file for each variable in `folder`."""

    folder: Path

    def newest(self, variable: str, given: str) -> str:
        """The token that was given last in the place of `given`, the value of the variable; itself where none was."""
        path = self._path(variable)
        if not path.exists():
            return given
        kept = json.loads(path.read_bytes())
        if kept["instead_of"] == _digest(given):
            return kept["refresh_token"]
        path.unlink()
        return given

    def keep(self, variable: str, given: str, newer: str) -> None:
        """Write down, durably, what the partner gave in the place of `given`."""
        self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        content = json.dumps({"instead_of": _digest(given), "refresh_token": newer})
        with replacing(self._path(variable)) as temporary:
            temporary.unlink(missing_ok=True)
            # The mode comes before the secret.
            temporary.touch(mode=_FILE_MODE)
            temporary.write_text(content, encoding="utf-8")

    def _path(self, variable: str) -> Path:
        return self.folder / f"{variable}.json"


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()
