"""The clock. It is read once in a command or a run (spec §1)."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant: naive, UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
