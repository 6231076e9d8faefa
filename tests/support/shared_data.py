"""The data that several repositories share, where this machine has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_data() -> Path:
    """The folder of MILEPOST_SHARED_DATA, else `shared/data` beside the repository; skips where it is absent."""
    given = os.environ.get("MILEPOST_SHARED_DATA")
    folder = Path(given) if given else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no shared data: {folder} is not there (MILEPOST_SHARED_DATA names another)")
    return folder
