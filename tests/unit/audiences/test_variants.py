from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from transforms.audiences.variants import sample_ratio, variant_of
from transforms.definitions.records import AbTest

TEST = AbTest("winback_2026", (("push", 4000), ("email", 4000)))


def point(audience_id: str, test_name: str, mpid: int) -> int:
    return int(hashlib.md5(f"{audience_id}:{test_name}:{mpid}".encode()).hexdigest()[:8], 16)


@pytest.mark.parametrize("mpid", [0, 1, -1327484737295091692, 2**63 - 1, -(2**63)])
def test_the_variant_is_the_first_whose_running_share_lies_above_the_point(mpid: int) -> None:
    share = point("lapsed", TEST.name, mpid) / 2**32
    expected = "push" if share < 0.4 else "email" if share < 0.8 else "Control"
    assert variant_of("lapsed", TEST, mpid) == expected


def test_shares_come_out_near_what_is_written() -> None:
    counts = Counter(variant_of("lapsed", TEST, mpid) for mpid in range(20_000))
    assert {name: round(count / 20_000, 1) for name, count in counts.items()} == {
        "push": 0.4,
        "email": 0.4,
        "Control": 0.2,
    }
    assert not sample_ratio(TEST, counts).is_mismatch


def test_a_whole_share_leaves_nobody_in_control() -> None:
    whole = AbTest("t", (("only", 10_000),))
    assert {variant_of("a", whole, mpid) for mpid in range(2_000)} == {"only"}


def test_no_share_takes_nobody() -> None:
    none = AbTest("t", (("none", 0),))
    assert {variant_of("a", none, mpid) for mpid in range(2_000)} == {"Control"}


# scipy.stats.chisquare 1.17.1 of the counts against the shares prints these p-values.
@pytest.mark.parametrize(
    ("counts", "p_value"),
    [
        ({"push": 500, "email": 300, "Control": 200}, 1.3887943864964e-11),
        ({"push": 18_000, "email": 18_000, "Control": 9_000}, 1.0),
        ({"push": 18_150, "email": 17_900, "Control": 8_950}, 0.35286608145884896),
        ({"push": 41, "email": 55, "Control": 16}, 0.10682031631728056),
    ],
)
def test_the_p_value_of_the_split_agrees_with_another_library(counts: dict[str, int], p_value: float) -> None:
    assert sample_ratio(TEST, counts).p_value == pytest.approx(p_value, rel=1e-9)


def test_a_lopsided_split_is_a_mismatch() -> None:
    assert sample_ratio(TEST, {"push": 500, "email": 300, "Control": 200}).is_mismatch


def test_nothing_is_said_while_an_expected_count_is_below_ten() -> None:
    assert sample_ratio(TEST, {"push": 45}).p_value is None
    assert sample_ratio(TEST, {"push": 50}).p_value is not None


def test_arms_without_a_share_are_left_out_and_a_member_in_one_is_a_stray() -> None:
    half = AbTest("t", (("a", 5000), ("b", 5000)))
    assert sample_ratio(half, {"a": 50, "b": 50}).p_value == 1.0
    found = sample_ratio(half, {"a": 50, "b": 50, "Control": 1})
    assert found.strays == ("Control",)
    assert found.p_value == 1.0


def test_an_empty_audience_has_no_split() -> None:
    assert sample_ratio(TEST, {}).p_value is None
