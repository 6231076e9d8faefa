from __future__ import annotations

import hashlib
from typing import Any

from tests.support.oracle.ingest import digest_mpid, ingest
from tests.support.oracle.records import World
from tests.support.small_worlds import AS_OF, DAY, SETTINGS, event, landed, members, milliseconds, oracle


def with_id(raw: dict[str, Any], event_id: object) -> dict[str, Any]:
    return {**raw, "data": {**raw["data"], "event_id": event_id}}


def kept(*landing) -> list[str]:
    return [event.data["event_name"] for event in ingest(World(SETTINGS, landing)).events]


def test_first_copy_stays_and_an_id_of_another_day_is_another_event() -> None:
    first = with_id(event("First"), 7)
    conflicting = with_id(event("Second"), "7")
    other_day = with_id(event("Third", at=AS_OF - 3 * DAY), 7)
    assert kept(landed(first), landed(conflicting, path="two.json"), landed(other_day)) == ["First", "Third"]
    assert kept(landed(first), landed(conflicting, input="web")) == ["First", "Second"]


def test_two_equal_lines_are_two_and_the_same_two_in_another_file_are_the_same_two() -> None:
    two = [landed(event(), path="one.json", line=line) for line in (1, 2)]
    again = [landed(event(), path="two.json", line=line) for line in (1, 2, 3)]
    assert len(kept(*two, *again)) == 3


def test_record_without_a_user_and_event_out_of_time_are_counted() -> None:
    far = {"event_type": "custom_event", "data": {"event_name": "Far", "timestamp_unixtime_ms": -(10**12)}}
    lake = ingest(World(SETTINGS, (landed(event(), far), landed(event(), mpid=None), landed(mpid=2**63))))
    assert (len(lake.events), lake.quarantined_events, lake.quarantined_records) == (1, 2, 2)


def test_time_below_ten_to_the_eleventh_is_in_seconds() -> None:
    seconds = event()
    seconds["data"]["timestamp_unixtime_ms"] = str(milliseconds(AS_OF - DAY) // 1000)
    (found,) = ingest(World(SETTINGS, (landed(seconds),))).events
    assert found.at == AS_OF - DAY


def test_login_identity_belongs_to_the_newest_mpid_before_as_of() -> None:
    landing = (
        landed(event(), mpid=None, user_identities={"customer_id": "c"}),
        landed(
            mpid=5, at=AS_OF - 9 * DAY, user_identities={"customer_id": "c"}, workspace="club", input="till"
        ),
        landed(mpid=6, at=AS_OF - 2 * DAY, user_identities={"customer_id": "c"}),
        landed(mpid=7, at=AS_OF, user_identities={"customer_id": "c"}),
        landed(mpid=8, user_identities={"customer_id": "c"}, environment="development"),
    )
    assert members({"event": {"name": "Play"}}, *landing) == {6}


def test_login_identity_that_nobody_carries_is_its_digest() -> None:
    expected = int.from_bytes(hashlib.sha256(b"customer_id:c").digest()[:8], "big", signed=True)
    assert digest_mpid("customer_id:c") == expected
    landing = landed(event(), mpid=None, user_identities=[{"identity_type": "customer_id", "identity": "c"}])
    assert members({"event": {"name": "Play"}}, landing) == {expected}


def test_newest_write_of_an_attribute_wins_and_its_spelling_shows() -> None:
    def change(at, **data: Any) -> dict[str, Any]:
        return {
            "event_type": "user_attribute_change",
            "data": {"timestamp_unixtime_ms": milliseconds(at), **data},
        }

    landing = (
        landed(
            change(AS_OF - DAY, user_attribute_name="PLAN", new="changed", old=None),
            user_attributes={"Plan": "batch", "tag": None, "sizes": [1, None, "x"]},
        ),
        landed(at=AS_OF - 2 * DAY, line=9, user_attributes={"plan": "older", "gone": "x"}),
        landed(at=AS_OF - DAY, line=2, deleted_user_attributes=["GONE"]),
    )
    profile = oracle(*landing).known.profiles["shop", 1]
    assert profile.attributes == {
        "plan": ("Plan", "batch"),
        "tag": ("tag", None),
        "sizes": ("sizes", ("1", None, "x")),
    }


def test_batch_holds_from_its_latest_event() -> None:
    late = landed(event(at=AS_OF + DAY), event(), at=AS_OF - 3 * DAY, user_attributes={"plan": "x"})
    profile = oracle(late).known.profiles["shop", 1]
    assert profile.attributes == {}
    assert profile.last_seen == AS_OF - DAY


def test_development_counts_only_where_it_is_evaluated() -> None:
    batch = landed(event(), environment="development")
    audiences = [{"audience": "one", "criteria": {"event": {"name": "Play"}}}]
    assert oracle(batch, audiences=audiences).members("one") == {}
    assert oracle(batch, audiences=audiences, evaluate_development=True).members("one") == {1: None}


def test_profile_lifetime_has_its_end_in_and_forgets_nothing() -> None:
    landing = (
        landed(event(at=AS_OF - 5 * DAY), at=AS_OF - 5 * DAY),
        landed(at=AS_OF - 6 * DAY, user_attributes={"plan": "free"}, workspace="club", input="till"),
    )
    audiences = [{"audience": "one", "criteria": {"event": {"name": "Play"}}}]
    assert set(oracle(*landing, audiences=audiences, profile_lifetime="5 days").members("one")) == {1}
    assert set(oracle(*landing, audiences=audiences, profile_lifetime="4 days").members("one")) == set()
