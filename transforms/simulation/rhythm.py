"""When things happen: more on weekends, more in the evening."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.simulation.plan import SimulationPlan

DAY_MS = 86_400_000
EPOCH = datetime(1970, 1, 1)

#: Monday to Sunday.
WEEKDAYS = (0.90, 0.88, 0.92, 0.98, 1.08, 1.30, 1.22)

#: The hours from midnight: quiet nights, a bump at noon, a peak at eight in the evening.
HOURS = (8, 5, 3, 2, 2, 3, 6, 12, 18, 20, 22, 26, 30, 26, 22, 22, 24, 30, 38, 46, 50, 42, 28, 15)

_REACHED = [reached / sum(HOURS) for reached in accumulate(HOURS, initial=0)]


def events_of_days(plan: SimulationPlan) -> tuple[int, ...]:
    """How many events each day gets: the days' weights with a little noise; adds up to `plan.events`."""
    noise = Random(f"{plan.seed}/days")  # noqa: S311
    weights = [
        WEEKDAYS[(plan.start + timedelta(days=day)).weekday()] * (0.9 + 0.2 * noise.random())
        for day in range(plan.days)
    ]
    reached = [round(plan.events * share / sum(weights)) for share in accumulate(weights, initial=0.0)]
    reached[-1] = plan.events
    return tuple(after - before for before, after in pairwise(reached))


def instant_of_day(fraction: float) -> int:
    """Milliseconds after midnight by which this fraction of a day's events has happened."""
    hour = min(bisect_right(_REACHED, fraction) - 1, 23)
    within = (fraction - _REACHED[hour]) / (_REACHED[hour + 1] - _REACHED[hour])
    return min(int((hour + within) * 3_600_000), DAY_MS - 1)


def milliseconds(instant: datetime) -> int:
    """Since 1970, UTC."""
    return (instant - EPOCH) // timedelta(milliseconds=1)
