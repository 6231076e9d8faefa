"""What tests of exports share."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few rows are put together as those of millions are: from parts, of two rows each."""
    monkeypatch.setattr("exports.rows.ROWS", 2)
    monkeypatch.setattr("exports.tallies.NUMBERS", 2)
    monkeypatch.setattr("exports.changes.ROWS", 2)
    monkeypatch.setattr("exports.changes.MEMBERS", 2)
