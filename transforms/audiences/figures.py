"""The figures of spec §8 over stored memberships: size, adds, drops, volatility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb

from transforms.audiences.engine import calculator
from transforms.audiences.memberships import MEMBERS, read_calculated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.memberships import CalculatedAudience

#: adds and drops compare with the membership stored for exactly this long before.
DAY = timedelta(hours=24)

# hive_partitioning is off: the folder's name would hide the column as_of.
_SIZE = """
select count(*) from read_parquet($now, hive_partitioning = false) where audience_id = $audience
"""
_CHANGE = """
with now as (
    select mpid from read_parquet($now, hive_partitioning = false) where audience_id = $audience
),
earlier as (
    select mpid from read_parquet($earlier, hive_partitioning = false) where audience_id = $earlier_audience
)
select
    (select count(*) from now),
    (select count(*) from now anti join earlier using (mpid)),
    (select count(*) from earlier anti join now using (mpid))
"""
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


def figures_at(as_of: datetime, stored: Mapping[datetime, Path], spill: Path) -> tuple[Figures, ...]:
    """The figures of every audience calculated at `as_of`, sorted by id.

    `stored` maps each as_of to its folder of memberships; `spill` is for what does not fit into memory. An audience that was not calculated 24 hours
    before has nothing to compare with; one that was renamed since is compared under its former id.
    """
    earlier = stored.get(as_of - DAY)
    before = {audience.id for audience in read_calculated(earlier)} if earlier else set[str]()
    with calculator(spill) as connection:
        return tuple(
            _figures(connection, as_of, audience, stored[as_of], _earlier_id(audience, before), earlier)
            for audience in read_calculated(stored[as_of])
        )


def _earlier_id(audience: CalculatedAudience, before: set[str]) -> str | None:
    if audience.id in before:
        return audience.id
    return audience.formerly if audience.formerly in before else None


def _figures(
    connection: duckdb.DuckDBPyConnection,
    as_of: datetime,
    audience: CalculatedAudience,
    now: Path,
    earlier_id: str | None,
    earlier: Path | None,
) -> Figures:
    values = {"now": str(now / MEMBERS), "audience": audience.id}
    if earlier is None or earlier_id is None:
        (size,) = connection.execute(_SIZE, values).fetchall()[0]
        return Figures(as_of, audience.id, size)
    values |= {"earlier": str(earlier / MEMBERS), "earlier_audience": earlier_id}
    size, adds, drops = connection.execute(_CHANGE, values).fetchall()[0]
    return Figures(as_of, audience.id, size, adds, drops)


def read_figures(path: Path) -> tuple[Figures, ...]:
    """The stored figures, sorted by (as_of, audience_id)."""
    with duckdb.connect() as connection:
        return tuple(Figures(*row) for row in connection.execute(_STORED, {"daily": str(path)}).fetchall())
