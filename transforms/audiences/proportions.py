"""Rates of an outcome and how far they lie apart, from sufficient statistics: successes and members."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Any

#: How often an interval has to hold the true value.
CONFIDENCE = 0.95
#: The usual bound below which the chi-squared distribution is no good approximation.
_FEWEST_EXPECTED = 5


@dataclass(frozen=True)
class Rate:
    """How many of `members`, of whom there is one at least, have the outcome. `low` and `high` are Wilson's interval."""

    successes: int
    members: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A rate less that of Control, as a share: 0.01 is one percentage point.

    `low` and `high` are Newcombe's hybrid score interval, which holds at rates of 0 and 1 too. `p_value` is that of
    Pearson's chi-squared test of the two by two table, two-sided and without correction; None where nobody, or
    everybody, has the outcome in both, so that nothing is compared. `is_rough`: a cell of that table is expected to
    have fewer than 5, for which the test is only an approximation.
    """

    value: float
    low: float
    high: float
    p_value: float | None
    is_rough: bool


def rate(successes: int, members: int) -> Rate | None:
    """The rate with its interval; None where there are no members."""
    if not members:
        return None
    from scipy.stats import binomtest  # half a second, which no other command has to spend

    found = binomtest(successes, members).proportion_ci(CONFIDENCE, method="wilson")
    return Rate(successes, members, successes / members, float(found.low), float(found.high))


def difference(variant: Rate, control: Rate) -> Difference:
    """How far the rate of a variant lies from that of Control."""
    value = variant.value - control.value
    # The distances of the four Wilson bounds, squared and added (Newcombe 1998, method 10).
    return Difference(
        value=value,
        low=value - hypot(variant.value - variant.low, control.high - control.value),
        high=value + hypot(variant.high - variant.value, control.value - control.low),
        p_value=_p_value(variant, control),
        is_rough=_smallest_expected(variant, control) < _FEWEST_EXPECTED,
    )


def _smallest_expected(variant: Rate, control: Rate) -> float:
    members = variant.members + control.members
    successes = variant.successes + control.successes
    return min(variant.members, control.members) * min(successes, members - successes) / members


def _p_value(variant: Rate, control: Rate) -> float | None:
    successes = variant.successes + control.successes
    if successes in (0, variant.members + control.members):
        return None
    from scipy.stats import chi2_contingency

    table = [[one.successes, one.members - one.successes] for one in (variant, control)]
    found: Any = chi2_contingency(table, correction=False)
    return float(found.pvalue)
