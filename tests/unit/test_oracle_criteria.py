from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_worlds import AS_OF, DAY, event, landed, members, milliseconds, purchase

MILLISECOND = timedelta(milliseconds=1)
NOBODY: set[int] = set()


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 9, 3, 13), True),
        (datetime(2026, 9, 5, 13), True),
        (datetime(2026, 9, 3, 13) - MILLISECOND, False),
        (datetime(2026, 9, 5, 13) + MILLISECOND, False),
    ],
)
def test_ago_has_both_ends_in(at: datetime, inside: bool) -> None:
    found = members({"event": {"name": "Play", "ago": ["6 days", "4 days"]}}, landed(event(at=at)))
    assert found == ({1} if inside else NOBODY)


@pytest.mark.parametrize(
    ("at", "inside"),
    [(AS_OF - 7 * DAY, True), (AS_OF - 7 * DAY - MILLISECOND, False), (AS_OF - MILLISECOND, True)],
)
def test_within_begins_with_its_first_instant(at: datetime, inside: bool) -> None:
    found = members({"event": {"within": "7 days", "type": "media"}}, landed(event(at=at)), landed(mpid=2))
    assert found == ({1} if inside else NOBODY)


def test_event_at_as_of_is_not_seen() -> None:
    assert members({"event": {"name": "Play"}}, landed(event(at=AS_OF)), landed(mpid=2)) == NOBODY


def test_event_older_than_the_lookback_is_never_counted() -> None:
    old = landed(event(at=AS_OF - 31 * DAY))
    criteria = {"event": {"name": "Play", "within": "90 days"}}
    assert members(criteria, old) == NOBODY
    assert members(criteria, old, lookback="unlimited") == {1}


def test_count_of_zero_includes_users_without_events() -> None:
    batches = (landed(event()), landed(mpid=2))
    assert members({"event": {"name": "Play", "count": {"eq": 0}}}, *batches) == {2}
    assert members({"event": {"name": "Play", "count": {"lt": 3}}}, *batches) == {1, 2}


def test_plain_name_keeps_case_and_operator_does_not() -> None:
    assert members({"event": {"name": "play"}}, landed(event())) == NOBODY
    assert members({"event": {"name": {"exact": "play"}}}, landed(event())) == {1}


def test_negative_holds_for_users_without_the_attribute() -> None:
    batches = (
        landed(user_attributes={"Country": "us"}),
        landed(mpid=2, user_attributes={"country": None}),
        landed(mpid=3),
        landed(mpid=4, user_attributes={"country": ["US"]}),
    )
    assert members({"user": {"attribute": "country", "not_exact": "US"}}, *batches) == {2, 3, 4}
    assert members({"user": {"attribute": "country", "exists": True, "not_exact": "US"}}, *batches) == {2, 4}
    assert members({"user": {"attribute": "country", "exists": False}}, *batches) == {3}
    assert members({"user": {"attribute": "country", "includes": "Us"}}, *batches) == {1, 4}
    assert members({"user": {"attribute": "country", "not_partial": "u"}}, *batches) == {2, 3}


def test_number_on_a_text_that_is_none_never_holds() -> None:
    batches = (landed(user_attributes={"visits": "abc"}), landed(mpid=2, user_attributes={"visits": 8.0}))
    assert members({"user": {"attribute": "visits", "gt": 5}}, *batches) == {2}
    assert members({"user": {"attribute": "visits", "lte": 5}}, *batches) == NOBODY
    assert members({"user": {"attribute": "visits", "ne": 8}}, *batches) == {1}
    assert members({"user": {"attribute": "visits", "between": [8, 9]}}, *batches) == {2}


def test_negative_removes_users_with_the_positive_in_any_workspace() -> None:
    batches = (
        landed(user_attributes={"plan": "free"}),
        landed(workspace="club", input="till", user_attributes={"plan": "paid"}),
    )
    assert members({"user": {"attribute": "plan", "not_exact": "free"}}, *batches) == NOBODY
    assert members({"user": {"attribute": "plan", "not_exact": "free", "workspace": "club"}}, *batches) == {1}
    assert members({"user": {"attribute": "plan", "exact": "free", "not_exact": "paid"}}, *batches) == NOBODY


def test_where_holds_on_one_event_and_its_negatives_too() -> None:
    batch = landed(event(genre="drama"), event(seconds=90), event(genre=None, seconds=5))
    assert members({"event": {"where": {"genre": "drama", "seconds": {"gte": 60}}}}, batch) == NOBODY
    count = {"where": {"genre": {"not_exact": "drama"}}, "count": {"eq": 2}}
    assert members({"event": count}, batch) == {1}
    assert members({"event": {"where": {"genre": {"exists": False}}, "count": {"eq": 1}}}, batch) == {1}


def test_product_conditions_hold_on_one_line() -> None:
    batch = landed(purchase({"id": "a", "price": 5}, {"id": "b", "price": "7.50", "quantity": 2}))
    both = {"action": "purchase", "product": {"id": "a", "price": {"gt": 6}}}
    assert members({"ecommerce": both}, batch) == NOBODY
    over_lines = {"action": "purchase", "product": {"id": "b"}, "sum": {"product": "quantity", "eq": 2}}
    assert members({"ecommerce": over_lines}, batch) == {1}
    assert members({"ecommerce": {"action": "purchase", "product": {"id": {"not_exact": "c"}}}}, batch) == {1}
    assert (
        members(
            {"ecommerce": {"action": "purchase", "product": {"id": {"not_exact": "c"}}}}, landed(purchase())
        )
        == set()
    )


def test_field_of_a_purchase_wins_over_an_attribute_of_its_name() -> None:
    sale = purchase(total_amount=10)
    sale["data"]["custom_attributes"] = {"total_amount": "99"}
    where = {"total_amount": {"eq": 10}, "attribute.total_amount": {"eq": 99}}
    assert members({"ecommerce": {"action": "purchase", "where": where}}, landed(sale)) == {1}


def test_empty_sum_is_zero_and_empty_average_has_no_value() -> None:
    batches = (landed(event(price="abc")), landed(event(price=5), event(price=6), mpid=2))

    def found(aggregate: str, **comparison: object) -> set[int]:
        return members({"event": {"name": "Play", aggregate: {"attribute": "price", **comparison}}}, *batches)

    assert found("sum", lte=0) == {1}
    assert found("average", lt=100) == {2}
    assert found("average", ne=100) == {1, 2}
    assert found("average", eq=5.5) == {2}
    assert found("min", gte=0) == {2}
    assert found("max", ne=6) == {1}
    assert found("distinct", eq=1) == {1}


def test_average_is_compared_without_rounding() -> None:
    batch = landed(event(price=1), event(price=1), event(price=0))
    assert members({"event": {"average": {"attribute": "price", "gt": 0.666666666}}}, batch) == {1}
    assert members({"event": {"average": {"attribute": "price", "lt": 0.666666667}}}, batch) == {1}


def test_consent_states_split_the_population_by_the_newest_record_of_any_workspace() -> None:
    def consent(consented: bool, at: datetime) -> dict:
        return {"gdpr": {"Marketing": {"consented": consented, "timestamp_unixtime_ms": milliseconds(at)}}}

    batches = (
        landed(consent_state=consent(True, AS_OF - 2 * DAY)),
        landed(workspace="club", input="till", consent_state=consent(False, AS_OF - DAY)),
        landed(mpid=2, consent_state=consent(True, AS_OF - DAY)),
        landed(mpid=3, consent_state=consent(True, AS_OF)),
    )

    def found(state: str) -> set[int]:
        return members({"consent": {"regulation": "GDPR", "purpose": "marketing", "state": state}}, *batches)

    assert [found("granted"), found("denied"), found("not_present")] == [{2}, {1}, {3}]


def test_exclude_takes_the_union_off_what_the_other_keys_give() -> None:
    batches = [landed(event(), mpid=mpid, user_attributes={"n": mpid}) for mpid in (-1, 0, 1, 2)]
    exclude = [{"user": {"attribute": "n", "eq": 1}}, {"user": {"attribute": "n", "lt": 0}}]
    assert members({"event": {"name": "Play"}, "exclude": exclude}, *batches) == {0, 2}
    assert members({"exclude": exclude}, *batches) == {0, 2}
    assert members({"none": exclude}, *batches) == {0, 2}
    assert members({"any": exclude}, *batches) == {-1, 1}


def test_first_seen_is_the_earliest_over_the_workspaces() -> None:
    batches = (
        landed(event(at=AS_OF - 2 * DAY)),
        landed(event(at=AS_OF - 9 * DAY), workspace="club", input="till"),
    )
    assert members({"first_seen": {"within": "3 days"}}, *batches) == NOBODY
    assert members({"first_seen": {"within": "3 days", "workspace": "shop"}}, *batches) == {1}
    assert members({"last_active": {"within": "3 days"}}, *batches) == {1}


def test_identity_reads_every_device_value_and_the_newest_user_value() -> None:
    batches = (
        landed(at=AS_OF - 2 * DAY, user_identities={"email": "a@x"}, device_info={"ios_idfv": "A"}),
        landed(user_identities={"email": "b@x"}, device_info={"ios_idfv": "B"}),
    )
    assert members({"identity": {"type": "email", "exact": "a@x"}}, *batches) == NOBODY
    assert members({"identity": {"type": "email", "exact": "B@X"}}, *batches) == {1}
    assert members({"identity": {"type": "ios_idfv", "exact": "a"}}, *batches) == {1}
    assert members({"identity": {"type": "ios_idfv", "not_exact": "b"}}, *batches) == NOBODY
    assert members({"identity": {"type": "google", "exists": False}}, *batches) == {1}
