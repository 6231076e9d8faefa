from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.ingest.builders import House
from transforms.ingest.formats import batches

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["one by one", "by columns"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """For tests of batches: lines go one by one, as few do, and by columns, as many do; a test sees the same."""
    monkeypatch.setattr(batches, "FEWEST_LINES", 1 if request.param == "by columns" else 1_000_000)
    return request.param


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)
