from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.small_worlds import AS_OF, DAY, event, landed, members, milliseconds, purchase

if TYPE_CHECKING:
    from tests.support.oracle.records import Landed

MINUTE = timedelta(minutes=1)


def typed(event_type: str, at: Any = AS_OF - DAY, **data: Any) -> dict[str, Any]:
    return {"event_type": event_type, "data": {"timestamp_unixtime_ms": milliseconds(at), **data}}


def session(*lengths: Any, input: str = "ios", **ids: Any) -> Landed:
    ends = [
        typed("session_end", AS_OF - DAY + (number + 1) * MINUTE, session_duration_ms=each, **ids)
        for number, each in enumerate(lengths)
    ]
    return landed(typed("session_start", **ids), *ends, input=input)


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (session(300_001, session_id=7), {1}),
        (session("300001", session_uuid="a", session_id=7), {1}),
        (session(300_000, session_id=7), set()),
        (session(session_id=7), set()),
        (session(300_001), set()),
        (session(300_001, 5, session_id=7), set()),
        (session(5, 300_001, session_id=7), {1}),
        (session(300_001, None, session_id=7), {1}),
    ],
)
def test_a_session_is_as_long_as_its_newest_end_says(batch: Landed, expected: set[int]) -> None:
    assert members({"session": {"length": {"gt": "5 minutes"}}}, batch) == expected


def test_a_session_without_an_end_has_no_length() -> None:
    assert members({"session": {"length": {"ne": "5 minutes"}}}, session(session_id=7)) == {1}
    assert members({"session": {"length": {"ne": "5 minutes"}}}, session(300_000, session_id=7)) == set()


def test_an_id_is_of_one_session_in_one_input() -> None:
    start = landed(typed("session_start", session_id=7))
    end = typed("session_end", session_id=7, session_duration_ms=300_001)
    longer = {"session": {"length": {"gt": "5 minutes"}}}
    assert members(longer, start, landed(end, mpid=2)) == {1}
    assert members(longer, start, landed(end, mpid=2, input="web")) == set()


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("install", typed("first_run")),
        ("install", typed("application_state_transition", is_first_run=True)),
        ("install", typed("session_start", is_first_run="True")),
        ("upgrade", typed("application_state_transition", is_upgrade=True)),
        ("uninstall", typed("uninstall")),
        ("crash", typed("crash_report")),
    ],
)
def test_launches_are_seen_in_all_inputs_of_the_workspaces(kind: str, raw: dict[str, Any]) -> None:
    batches = (
        landed(raw, mpid=1),
        landed(raw, mpid=2, input="web"),
        landed(raw, mpid=3, workspace="club", input="till"),
        landed(event(), typed("application_state_transition", is_first_run=False), mpid=4),
    )
    criteria = {kind: {"count": {"gte": 1}}}
    assert members(criteria, *batches, inputs=["shop/ios"]) == {1, 2}
    assert members(criteria, *batches) == {1, 2, 3}
    assert members({kind: {"workspace": "club"}}, *batches) == {3}


def test_attribution_events_have_names_tiers_and_a_type_in_any_case() -> None:
    batches = tuple(
        landed(typed("custom_event", event_name=name, custom_event_type=kind), mpid=mpid)
        for mpid, (name, kind) in enumerate([("a", "attribution"), ("b", "Attribution"), ("a", "other")], 1)
    )
    assert members({"attribution_event": {"count": {"gte": 1}}}, *batches) == {1, 2}
    assert members({"attribution_event": {"name": "a"}}, *batches) == {1}


@pytest.mark.parametrize(
    ("ago", "followed", "expected"),
    [
        (timedelta(hours=2), None, {1}),
        (timedelta(hours=2) - timedelta(milliseconds=1), None, set()),
        (timedelta(hours=3), timedelta(hours=3), set()),
        (timedelta(hours=3), timedelta(hours=3, milliseconds=1), {1}),
        (timedelta(hours=3), timedelta(minutes=1), set()),
        (timedelta(days=31), None, set()),
    ],
)
def test_a_cart_is_left_where_nothing_follows_at_or_after_it(
    ago: timedelta, followed: timedelta | None, expected: set[int]
) -> None:
    cart = purchase({"id": "x"}, at=AS_OF - ago)
    cart["data"]["product_action"]["action"] = "add_to_cart"
    bought = [] if followed is None else [purchase({"id": "y"}, at=AS_OF - followed)]
    batch = landed(cart, *bought)
    assert members({"cart_abandonment": {"wait": "2 hours"}}, batch) == expected
    assert members({"cart_abandonment": {"wait": "2 hours", "product": {"id": "y"}}}, batch) == set()
