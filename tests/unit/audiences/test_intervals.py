"""Sizes from samples, with intervals that hold the truth as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from transforms.audiences.intervals import CONFIDENCE, FEWEST, Estimate, estimate

SAMPLED = 200_000


def binomial_tail(least: int, draws: int, share: float) -> float:
    """The probability of at least so many hits, added up term by term."""
    below = (
        math.exp(
            math.lgamma(draws + 1)
            - math.lgamma(hits + 1)
            - math.lgamma(draws - hits + 1)
            + hits * math.log(share)
            + (draws - hits) * math.log1p(-share)
        )
        for hits in range(least)
    )
    return 1 - math.fsum(below)


def test_everybody_looked_at_is_exact_however_few() -> None:
    assert estimate(3, 200, 200) == Estimate(3, 3, 3, is_exact=True)
    assert estimate(0, 0, 0) == Estimate(0, 0, 0, is_exact=True)


def test_thirteen_thousand_of_a_hundred_million_are_told() -> None:
    found = estimate(26, SAMPLED, 100_000_000)
    assert found.value == 13_000
    assert found.low < 13_000 < found.high
    assert (found.low, found.high) == (8_492, 19_048)


@pytest.mark.parametrize("members", [1, 4, 26, 777])
def test_the_bounds_are_those_of_clopper_and_pearson(members: int) -> None:
    """At each bound what was seen, or more of the same, has a probability of 2.5 %."""
    users = 10**12
    found = estimate(members, SAMPLED, users)
    low, high = found.low / users, found.high / users
    tail = (1 - CONFIDENCE) / 2
    assert binomial_tail(members, SAMPLED, low) == pytest.approx(tail, rel=1e-4)
    assert 1 - binomial_tail(members + 1, SAMPLED, high) == pytest.approx(tail, rel=1e-4)


@pytest.mark.parametrize("members", [0, FEWEST - 1])
def test_too_few_have_an_upper_bound_alone(members: int) -> None:
    found = estimate(members, SAMPLED, 1_000_000)
    assert found.value is None
    assert found.low >= members
    assert found.high > members * 5


def test_ten_are_enough() -> None:
    assert estimate(FEWEST, SAMPLED, 1_000_000).value == 50


def test_what_the_sample_proves_bounds_the_interval() -> None:
    all_in = estimate(SAMPLED, SAMPLED, SAMPLED + 5)
    assert (all_in.value, all_in.high) == (SAMPLED + 5, SAMPLED + 5)
    assert all_in.low >= SAMPLED
    one_out = estimate(SAMPLED - 1, SAMPLED, SAMPLED + 5)
    assert one_out.high == SAMPLED + 4


def test_the_interval_holds_the_truth_of_a_hundred_million_users() -> None:
    """200 draws of a sample each, for sets from one user in a million to nine in ten."""
    users, draws = 100_000_000, 200
    random = np.random.default_rng(7)
    for truth in (100, 13_000, 1_000_000, 90_000_000):
        drawn = random.hypergeometric(truth, users - truth, SAMPLED, size=draws)
        held = sum(
            found.low <= truth <= found.high
            for found in (estimate(int(members), SAMPLED, users) for members in drawn)
        )
        assert held >= 0.93 * draws, truth
