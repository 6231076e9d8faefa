"""What holds a delivery back until somebody has looked at it (spec §10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from exports.ledger.records import RecordedFault
from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from exports.prepare import Prepared

#: Fewer members than this are never a mass removal.
FEWEST_REMOVED = 100
_NEXT_STEP = "look at the audience, then `milepost export {connection} --accept`"
#: An input that has had events on each of so many days is one that has them daily.
_DAILY = 7
_DAYS_OF_INPUTS = """
select workspace || '/' || input, count(distinct day) filter (where day <> $newest::date),
    bool_or(day = $newest::date)
from read_parquet($files, hive_partitioning = true)
group by all
"""


def held(
    prepared: Prepared,
    connection_id: str,
    max_removal: float,
    missing: Collection[str],
    now: datetime,
) -> RecordedFault | None:
    """Why the delivery is not sent by itself: it takes back more than a share `max_removal` of those who were there, and
    at least 100 members, or the `missing` inputs of the audience have no data of the newest day.
    """
    reasons = []
    if prepared.gone >= FEWEST_REMOVED and prepared.gone > prepared.received * max_removal:
        share = prepared.gone / prepared.received
        reasons.append(
            f"{prepared.gone:,} of {prepared.received:,} members would be removed, {share:.0%}, and `max_removal` is "
            f"{max_removal:.0%}"
        )
    if missing:
        names = ", ".join(f"`{name}`" for name in sorted(missing))
        reasons.append(f"no events of the newest day came from {names}")
    if not reasons:
        return None
    return RecordedFault("held", "; ".join(reasons), _NEXT_STEP.format(connection=connection_id), now)


def inputs_without_data(lake: Path, as_of: datetime, spill: Path) -> frozenset[str]:
    """The inputs (`workspace/input`) that had events on each of seven days, and none on the next: the last whole day
    before `as_of`, UTC. Inputs that are not filled daily are none of them.
    """
    newest = (as_of - timedelta(microseconds=1)).date()
    if as_of.time() != as_of.min.time():
        newest -= timedelta(days=1)
    days = [newest - timedelta(days=back) for back in range(_DAILY + 1)]
    files = [str(path) for day in days for path in sorted((lake / "events" / f"day={day}").glob("*.parquet"))]
    if not files:
        return frozenset()
    with calculator(spill) as connection:
        found = connection.execute(_DAYS_OF_INPUTS, {"newest": newest, "files": files}).fetchall()
    return frozenset(name for name, earlier, has_newest in found if earlier == _DAILY and not has_newest)
