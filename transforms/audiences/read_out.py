"""What an A/B test has come to: its arms, whether the split came out as written, and an outcome compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.audiences.proportions import Difference, Rate, difference, rate
from transforms.audiences.variants import SampleRatio, sample_ratio
from transforms.definitions.records import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.audiences.assigned import Assigned


@dataclass(frozen=True)
class Arm:
    """One variant: its share in hundredths of a percent, how many were ever assigned to it, how many are members now.

    `rate` is that of the outcome among all who were assigned, None where no outcome was asked for or nobody was;
    `to_control` how far it lies from Control's, None for Control itself and where one of the two has none.
    """

    variant: str
    share: int
    assigned: int
    members: int
    rate: Rate | None
    to_control: Difference | None


@dataclass(frozen=True)
class ReadOut:
    """The arms in the order written, Control last; and the check of the split (spec §9) among those ever assigned and
    among those who are members now.
    """

    arms: tuple[Arm, ...]
    of_assigned: SampleRatio
    of_members: SampleRatio

    @property
    def comparisons(self) -> int:
        """How many variants are compared with Control: each p-value is that of its own comparison alone."""
        return sum(1 for arm in self.arms if arm.to_control is not None)


def read_out(assigned: Assigned, members: Mapping[str, int], successes: Mapping[str, int] | None) -> ReadOut:
    """The read-out of a test: `members` are now in each variant, `successes` of those assigned have the outcome."""
    counts = assigned.counts
    rates = {
        variant: None if successes is None else rate(successes.get(variant, 0), counts.get(variant, 0))
        for variant, _ in assigned.test.arms
    }
    control = rates[CONTROL]
    return ReadOut(
        arms=tuple(
            Arm(
                variant=variant,
                share=share,
                assigned=counts.get(variant, 0),
                members=members.get(variant, 0),
                rate=found,
                to_control=None
                if found is None or control is None or variant == CONTROL
                else difference(found, control),
            )
            for variant, share in assigned.test.arms
            for found in (rates[variant],)
        ),
        of_assigned=sample_ratio(assigned.test, counts),
        of_members=sample_ratio(assigned.test, members),
    )
