"""Sessions begun, and the length that their end tells (spec §4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse

_MINUTE = 60_000


def test_sessions_are_counted_by_their_starts():
    warehouse = SmallWarehouse(1, 2)
    warehouse.session(1, "a", _MINUTE, _MINUTE)
    warehouse.session(1, "b")
    warehouse.event(2, None, event_type="session_end", session_id="c", session_duration_ms=5)
    assert warehouse.members("session: {count: {eq: 2}}") == [1]
    assert warehouse.members("session: {count: {eq: 0}}") == [2]


@pytest.mark.parametrize(
    ("length", "members"),
    [
        ("gt: 5 minutes", [3]),
        ("gte: 5 minutes", [2, 3]),
        ("lt: 5 minutes", [1]),
        ("lte: 5 minutes", [1, 2]),
        ("eq: 5 minutes", [2]),
        ("ne: 5 minutes", [1, 3, 4, 5, 6]),
        ("between: [0 minutes, 5 minutes]", [1, 2]),
        ("between: [5 minutes, 5 minutes]", [2]),
        ("gt: 0 minutes", [1, 2, 3]),
        ("gte: 5 minutes, ne: 5 minutes", [3]),
        ("ne: 5 minutes, lt: 1 day", [1, 3]),
    ],
)
def test_a_length_is_compared_and_a_session_without_an_end_has_none(length: str, members: list[int]):
    warehouse = SmallWarehouse(1, 2, 3, 4, 5, 6)
    warehouse.session(1, "a", 5 * _MINUTE - 1)
    warehouse.session(2, "b", 5 * _MINUTE)
    warehouse.session(3, "c", 5 * _MINUTE + 1)
    warehouse.session(4, "d")
    warehouse.session(5, None, 5 * _MINUTE)
    warehouse.session(6, "e", None)
    assert warehouse.members(f"session: {{length: {{{length}}}}}") == members


def test_several_conditions_hold_on_one_session():
    warehouse = SmallWarehouse(1, 2)
    warehouse.session(1, "a", _MINUTE, platform="ios")
    warehouse.session(1, "b", 9 * _MINUTE, platform="web")
    warehouse.session(2, "c", 9 * _MINUTE, platform="ios")
    assert warehouse.members("session: {length: {gt: 5 minutes}, platform: ios}") == [2]
    assert warehouse.members("session: {length: {gt: 5 minutes}, count: {eq: 1}}") == [1, 2]


def test_of_several_ends_the_newest_that_has_a_duration_counts():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.session(1, "a", 9 * _MINUTE, _MINUTE)
    warehouse.session(2, "b", _MINUTE, 9 * _MINUTE)
    warehouse.session(3, "c", 9 * _MINUTE, None)
    assert warehouse.members("session: {length: {gt: 5 minutes}}") == [2, 3]
    assert warehouse.members("session: {length: {lt: 5 minutes}}") == [1]


@pytest.mark.parametrize(
    "later",
    [
        {"received_at": datetime(2018, 1, 2)},
        {"source_path": "b"},
        {"source_line": 10},
        {"source_index": 10},
    ],
)
def test_ends_of_one_instant_are_ordered_as_they_were_written(later: dict[str, object]):
    warehouse = SmallWarehouse(1)
    warehouse.session(1, "a")
    first = {
        "received_at": datetime(2018, 1, 1),
        "source_path": "a",
        "source_line": 9,
        "source_index": 9,
        "event_type": "session_end",
        "session_id": "a",
    }
    warehouse.event(1, None, **{**first, **later}, session_duration_ms=9 * _MINUTE)
    warehouse.event(1, None, **first, session_duration_ms=_MINUTE)
    assert warehouse.members("session: {length: {gt: 5 minutes}}") == [1]
    assert warehouse.members("session: {length: {lt: 5 minutes}}") == []


def test_an_end_may_lie_outside_the_window_and_be_of_another_user():
    warehouse = SmallWarehouse(1, 2)
    start = AS_OF - timedelta(days=3)
    warehouse.session(1, "a", at=start)
    warehouse.event(
        2, None, AS_OF - timedelta(hours=1), event_type="session_end", session_id="a", session_duration_ms=1
    )
    assert warehouse.members("session: {length: {lt: 1 minute}, ago: [4 days, 2 days]}") == [1]


def test_an_end_in_another_input_is_of_another_session():
    warehouse = SmallWarehouse(1, 2)
    warehouse.session(1, "a", input="shop/ios")
    warehouse.session(2, "a", _MINUTE, input="shop/web")
    assert warehouse.members("session: {length: {lt: 5 minutes}}") == [2]


def test_sessions_are_those_of_the_chosen_inputs():
    warehouse = SmallWarehouse(1, 2)
    warehouse.session(1, "a", _MINUTE)
    warehouse.session(2, "b", _MINUTE, input="shop/old")
    assert warehouse.members("session: {length: {lt: 5 minutes}}") == [1]
    assert warehouse.members("session: {within: 7 days}") == [1]
    assert warehouse.members("session: {input: shop/web}") == []


def test_a_session_is_told_with_the_length_that_counts():
    warehouse = SmallWarehouse(1)
    warehouse.session(1, "a", _MINUTE, 9 * _MINUTE)
    warehouse.session(1, "b", at=AS_OF - timedelta(hours=1))
    start, later = datetime(2017, 12, 30), AS_OF - timedelta(hours=1)
    assert warehouse.evidence("session: {length: {gt: 1 minute}}") == [
        {"mpid": 1, "time": start, "name": None, "length_ms": 9 * _MINUTE}
    ]
    assert warehouse.evidence("session: {length: {ne: 1 minute}}") == [
        {"mpid": 1, "time": start, "name": None, "length_ms": 9 * _MINUTE},
        {"mpid": 1, "time": later, "name": None, "length_ms": None},
    ]
