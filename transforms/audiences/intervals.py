"""From sampled members to a size with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

#: How often the interval has to hold the true size.
CONFIDENCE = 0.95
#: With fewer sampled members a size is too uncertain to be told.
FEWEST = 10


@dataclass(frozen=True)
class Estimate:
    """How many users there are: `value`, and with 95 % confidence at least `low` and at most `high`.

    `is_exact`: every user was looked at. `value` is None where there are fewer than 10 sampled members, which is
    shown as `~`; the bounds hold all the same.
    """

    value: int | None
    low: int
    high: int
    is_exact: bool


def estimate(members: int, sampled: int, users: int) -> Estimate:
    """The size of a set of which `members` of `sampled` users, drawn from `users`, are in it (spec §7).

    The interval is that of Clopper and Pearson for a share, within what the sample itself proves: its members
    are in the set, its other users are not.
    """
    if sampled == users:
        return Estimate(members, members, members, is_exact=True)
    low, high = _share(members, sampled)
    value = round(members * users / sampled)
    return Estimate(
        value=value if members >= FEWEST else None,
        low=max(members, floor(low * users)),
        high=min(users - (sampled - members), ceil(high * users)),
        is_exact=False,
    )


def _share(members: int, sampled: int) -> tuple[float, float]:
    from scipy.special import betaincinv  # a third of a second, which no small project has to spend

    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if members == 0 else float(betaincinv(members, sampled - members + 1, tail))
    high = 1.0 if members == sampled else float(betaincinv(members + 1, sampled - members, 1 - tail))
    return low, high
