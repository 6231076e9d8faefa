"""A/B tests: who is in which variant, and whether the split came out as written (spec §9)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.definitions.records import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.definitions.records import AbTest

#: Shares are in hundredths of a percent.
WHOLE = 10_000
_POINTS = 2**32
#: Below this p-value the split is called a mismatch; below this expected count nothing is said.
MISMATCH_BELOW = 0.001
SMALLEST_EXPECTED = 10


@dataclass(frozen=True)
class Assignment:
    """How a user came to a variant: the md5 of `hashed` falls at `point` (percent, cut to four places), and the
    variant holds what is from `start` to before `end`.
    """

    hashed: str
    point: Decimal
    variant: str
    start: Decimal
    end: Decimal


def assignment(audience_id: str, test: AbTest, mpid: int) -> Assignment:
    """The variant of a user and why, the same on every engine and for ever (spec §9)."""
    hashed = f"{audience_id}:{test.name}:{mpid}"
    point = int(hashlib.md5(hashed.encode(), usedforsecurity=False).hexdigest()[:8], 16)
    cut = Decimal(point * 100 * 10_000 // _POINTS) / 10_000
    running = 0
    for name, share in test.variants:
        if point * WHOLE < (running + share) * _POINTS:
            return Assignment(hashed, cut, name, _percent(running), _percent(running + share))
        running += share
    return Assignment(hashed, cut, CONTROL, _percent(running), _percent(WHOLE))


def variant_of(audience_id: str, test: AbTest, mpid: int) -> str:
    """The variant of a user."""
    return assignment(audience_id, test, mpid).variant


def _percent(share: int) -> Decimal:
    return Decimal(share) / 100


@dataclass(frozen=True)
class SampleRatio:
    """How the members fell on the arms, against the shares.

    `p_value` is None where nothing can be said: an expected count below 10, or fewer than two arms with a
    share. `strays` are arms of share 0 that have a member, which is an error.
    """

    p_value: float | None
    strays: tuple[str, ...]

    @property
    def is_mismatch(self) -> bool:
        """Whether to warn: p < 0.001."""
        return self.p_value is not None and self.p_value < MISMATCH_BELOW


def sample_ratio(test: AbTest, counts: Mapping[str, int]) -> SampleRatio:
    """Pearson's chi-squared test of the members of each variant (missing means none) against the shares.

    Members in a variant that the test does not name, and in arms of share 0, are strays and left out.
    """
    shares = {name: share for name, share in test.arms if share}
    strays = tuple(sorted(name for name, count in counts.items() if count and name not in shares))
    total = sum(counts.get(name, 0) for name in shares)
    expected = {name: total * share / sum(shares.values()) for name, share in shares.items()}
    if len(shares) < 2 or min(expected.values()) < SMALLEST_EXPECTED:
        return SampleRatio(None, strays)
    from scipy.special import chdtrc  # a third of a second, which a project without a test need not spend

    statistic = sum((counts.get(name, 0) - mean) ** 2 / mean for name, mean in expected.items())
    return SampleRatio(float(chdtrc(len(shares) - 1, statistic)), strays)
