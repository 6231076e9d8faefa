from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.support.oracle.audiences import figures, variant_of
from tests.support.small_worlds import event, landed, members, oracle


def n(comparison: dict[str, Any]) -> dict[str, Any]:
    return {"user": {"attribute": "n", **comparison}}


USERS = [landed(event(), mpid=mpid, user_attributes={"n": mpid}) for mpid in range(1, 9)]
JOURNEY = {
    "journey": "j",
    "milestones": [
        {"milestone": "low", "criteria": n({"lte": 5}), "next": [
            {"milestone": "two", "criteria": n({"lte": 2})},
            {"milestone": "three", "criteria": n({"lte": 3})},
            {"milestone": "rest", "remaining": True},
        ]},
        {"milestone": "middle", "criteria": n({"lte": 7})},
        {"milestone": "others", "remaining": True},
    ],
}  # fmt: skip


def test_splits_are_taken_left_to_right_and_remaining_completes_them() -> None:
    found = {key: set(value) for key, value in oracle(*USERS, journeys=[JOURNEY]).all_members().items()}
    assert found == {
        "j__low": {1, 2, 3, 4, 5},
        "j__two": {1, 2},
        "j__three": {3},
        "j__rest": {4, 5},
        "j__middle": {6, 7},
        "j__others": {8},
    }


def test_audience_may_name_a_milestone_and_a_variant() -> None:
    definitions = [
        {"audience": "tested", "criteria": n({"gt": 0}), "ab_test": {"name": "t", "variants": {"a": 50}}},
        {"audience": "arm", "criteria": {"audience": {"in": "tested", "variant": "Control"}}},
        {"audience": "others", "criteria": {"audience": {"not_in": "tested", "variant": "Control"}}},
        {"audience": "low", "criteria": {"audience": {"in": "j__low"}, **n({"gte": 2})}},
    ]
    found = oracle(*USERS, audiences=definitions, journeys=[JOURNEY])
    in_control = {mpid for mpid, variant in found.members("tested").items() if variant == "Control"}
    assert set(found.members("arm")) == in_control
    assert set(found.members("others")) == set(range(1, 9)) - in_control
    assert set(found.members("low")) == {2, 3, 4, 5}


def test_population_is_that_of_the_chosen_inputs_workspaces() -> None:
    club = landed(mpid=9, workspace="club", input="till")
    everyone = {"exclude": [n({"eq": 1})]}
    assert members(everyone, *USERS, club) == {2, 3, 4, 5, 6, 7, 8, 9}
    assert members(everyone, *USERS, club, inputs=["shop/web"]) == {2, 3, 4, 5, 6, 7, 8}
    assert members({"event": {"name": "Play"}}, *USERS, club, inputs=["shop/web"]) == set()


def test_variant_stays_when_later_shares_change() -> None:
    before = {"name": "t", "variants": {"a": 40, "b": 40}}
    after = {"name": "t", "variants": {"a": 40, "b": 10.5}}
    arms = [(variant_of("x", before, mpid), variant_of("x", after, mpid)) for mpid in range(-500, 500)]
    assert {pair for pair in arms if pair[0] == "a"} == {("a", "a")}
    assert {pair for pair in arms if pair[0] == "Control"} == {("Control", "Control")}
    assert 350 < sum(first == "a" for first, _ in arms) < 450


def test_volatility_is_null_without_yesterday_and_where_nobody_is_left() -> None:
    assert figures({1: None, 2: None}, {2: None, 3: None, 4: None}) == (2, 1, 2, Fraction(3, 2))
    assert figures({1: None}, None) == (1, None, None, None)
    assert figures({}, {1: None}) == (0, 0, 1, None)
