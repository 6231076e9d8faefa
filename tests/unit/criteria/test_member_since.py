"""`member_since`, run on DuckDB (spec §4.4, §8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse, codes, criterion
from transforms.criteria.language import audiences_by_since, referenced_audiences

ENDS = (-(2**63), -1, 0, 2**63 - 1)
TICK = timedelta(microseconds=1)


def warehouse_of(**since: datetime | None) -> SmallWarehouse:
    """Members of `others` by name `u<mpid>`, each since an instant; None: new at as_of."""
    warehouse = SmallWarehouse(*(int(name[1:]) for name in since))
    for name, instant in since.items():
        warehouse.other_member(int(name[1:]))
        if instant is not None:
            warehouse.earlier_member(int(name[1:]), instant)
    return warehouse


def test_members_are_chosen_by_the_instant_since_when_they_are_in() -> None:
    three_days = AS_OF - timedelta(days=3)
    warehouse = warehouse_of(u1=three_days - TICK, u2=three_days, u3=three_days + TICK, u4=None)
    assert warehouse.members("member_since: {in: others, ago: [400 days, 3 days]}") == [1, 2]
    assert warehouse.members("member_since: {in: others, within: 3 days}") == [2, 3]
    assert warehouse.members("member_since: {in: others, before: 2017-12-29}") == [1]
    assert warehouse.members("member_since: {in: others, after: 2017-12-29}") == [2, 3, 4]
    assert warehouse.members("member_since: {in: others, on: 2017-12-29}") == [2, 3]
    assert warehouse.members("member_since: {in: others, between_dates: [2017-12-28, 2017-12-28]}") == [1]


def test_who_is_new_is_a_member_since_the_instant_itself() -> None:
    warehouse = warehouse_of(u1=None)
    assert warehouse.members("member_since: {in: others, on: 2018-01-01}") == [1]
    assert warehouse.members("member_since: {in: others, within: 400 days}") == []


def test_who_was_a_member_before_and_is_none_now_is_not_in() -> None:
    warehouse = SmallWarehouse(1, 2)
    warehouse.earlier_member(1, datetime(2017, 12, 1))
    warehouse.other_member(2)
    warehouse.earlier_member(2, datetime(2017, 12, 1), audience="somewhere_else")
    assert warehouse.members("member_since: {in: others, before: 2017-12-31}") == []
    assert warehouse.members("none: [{member_since: {in: others, before: 2017-12-31}}]") == [1, 2]


def test_several_operators_hold_together_and_members_outside_the_population_are_left_out() -> None:
    warehouse = warehouse_of(u1=datetime(2017, 12, 1), u2=datetime(2017, 12, 20))
    warehouse.other_member(99)
    assert warehouse.members("member_since: {in: others, after: 2017-12-10, within: 30 days}") == [2]
    assert warehouse.members("member_since: {in: others, after: 2017-01-01}") == [1, 2]


def test_mpids_keep_all_64_bits() -> None:
    warehouse = SmallWarehouse(*ENDS)
    for mpid in ENDS:
        warehouse.other_member(mpid)
        warehouse.earlier_member(mpid, datetime(2017, 12, 20))
    assert warehouse.members("member_since: {in: others, on: 2017-12-20}") == list(ENDS)


def test_two_of_them_stand_beside_each_other() -> None:
    warehouse = warehouse_of(u1=datetime(2017, 12, 1), u2=datetime(2017, 12, 20), u3=None)
    text = "any: [{member_since: {in: others, on: 2017-12-01}}, {member_since: {in: others, on: 2018-01-01}}]"
    assert warehouse.members(text) == [1, 3]


def test_the_evidence_is_since_when() -> None:
    warehouse = warehouse_of(u1=datetime(2017, 12, 1, 12, 30), u2=None)
    assert warehouse.evidence("member_since: {in: others, within: 3 days}") == [
        {"mpid": 1, "time": datetime(2017, 12, 1, 12, 30), "in": "others"},
        {"mpid": 2, "time": AS_OF, "in": "others"},
    ]


def test_the_audience_is_named_as_one_whose_definition_and_history_are_needed() -> None:
    read = criterion("all: [{member_since: {in: buyers, within: 3 days}}, {audience: {in: others}}]")
    assert [reference.audience for reference in referenced_audiences(read)] == ["buyers", "others"]
    assert [reference.audience for reference in audiences_by_since(read)] == ["buyers"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("member_since: {in: others}", ["CRT-004"]),
        ("member_since: {within: 3 days}", ["CRT-004"]),
        ("member_since: {not_in: others, within: 3 days}", ["CRT-002"]),
        ("member_since: {in: others, variant: push, within: 3 days}", ["CRT-002"]),
        ("member_since: {in: others, gt: 3 days}", ["CRT-002"]),
        ("member_since: {in: [others], within: 3 days}", ["CRT-006"]),
        ("member_since: others", ["CRT-001"]),
    ],
)
def test_what_cannot_be_read_is_told(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
