"""Days and instants. A run's partition is the day of as_of − 1 µs, UTC (spec §1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import dagster as dg

from transforms.errors import Problem, UserError

#: The first day that can be run. Events may be older; 25 years of days still load at once in the UI.
FIRST_DAY = "2000-01-01"

#: end_offset=1: today is a partition too, for runs whose as_of is the instant at which their ingest ended.
DAILY = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone="UTC", end_offset=1)


def partition_of(as_of: datetime) -> str:
    """The partition key, `YYYY-MM-DD`, of a run at `as_of` (naive, UTC)."""
    day = (as_of - timedelta(microseconds=1)).date().isoformat()
    if day < FIRST_DAY:
        raise UserError(
            Problem("RUN-001", f"as_of lies before {FIRST_DAY}, the first day that can be run", None)
        )
    return day


def end_of(partition_key: str) -> datetime:
    """The as_of of a whole day: 00:00 of the next one (naive, UTC)."""
    return datetime.fromisoformat(partition_key) + timedelta(days=1)
