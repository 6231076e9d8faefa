"""The figures of spec §8 over stored memberships: size, adds, drops, volatility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_STORED = """
select as_of, audience_id, size, adds, drops from read_parquet($daily) order by as_of, audience_id
"""


@dataclass(frozen=True)
class Figures:
    """One audience at one as_of. adds, drops and volatility are None where nothing is stored to compare with."""

    as_of: datetime
    audience_id: str
    size: int
    adds: int | None = None
    drops: int | None = None

    @property
    def volatility(self) -> float | None:
        """(adds + drops) / size; None where either is unknown or nobody is in."""
        if self.adds is None or self.drops is None or not self.size:
            return None
        return (self.adds + self.drops) / self.size


def read_figures(path: Path) -> tuple[Figures, ...]:
    """The stored figures, sorted by (as_of, audience_id)."""
    with duckdb.connect() as connection:
        return tuple(Figures(*row) for row in connection.execute(_STORED, {"daily": str(path)}).fetchall())
