from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.ingest.builders import DAY, NOON, batch, event, lines, typed_event

if TYPE_CHECKING:
    from tests.unit.ingest.builders import House


def one_event(house: House, body: dict[str, Any]) -> dict[str, Any]:
    house.land("a.json", lines(body))
    house.ingest()
    (row,) = house.events()
    return row


def test_values_keep_their_text(house: House) -> None:
    attributes = '{"int": 12345678901234567890123, "minus": -0, "whole": 8.0, "half": 7.50, "yes": true, "no": false, "tag": null, "text": " \\u00e9\\u0000\'\\"%_{{x}} ", "list": [1, "a"]}'
    house.land(
        "a.json",
        b'{"mpid": -9223372036854775808, "events": [{"event_type": "custom_event", "data": '
        b'{"event_name": "N\xc3\xa4me", "timestamp_unixtime_ms": 1514808000000, "custom_attributes": '
        + attributes.encode()
        + b"}}]}",
    )
    house.ingest()
    (row,) = house.events()
    assert row["mpid"] == -(2**63)
    assert row["event_name"] == "Näme"
    assert row["attributes"] == {
        "int": "12345678901234567890123",
        "minus": "-0",
        "whole": "8.0",
        "half": "7.5",
        "yes": "true",
        "no": "false",
        "tag": None,
        "text": " é\0'\"%_{{x}} ",
        "list": '[1,"a"]',
    }


@pytest.mark.parametrize("at", [NOON, str(NOON), NOON // 1000, str(NOON // 1000), float(NOON)])
def test_times_are_milliseconds_or_seconds_as_number_or_text(house: House, at: Any) -> None:
    assert one_event(house, batch(event(at=at)))["event_at"] == datetime(2018, 1, 1, 12)


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (0, True),
        (-1, False),
        ("-0.0001", False),
        (7_258_118_399_999, True),
        (7_258_118_400_000, False),
        (7_258_118_399, True),
        (7_258_118_400, False),
        ("soon", False),
        (True, False),
        ([NOON], False),
    ],
)
def test_event_times_outside_1970_to_2199_go_to_quarantine(house: House, at: Any, kept: bool) -> None:
    house.land("a.json", lines(batch(event(at=at), event("Good"))))
    report = house.ingest()
    assert report.totals.events_read == 2
    assert report.totals.events_kept == (2 if kept else 1)
    assert [entry["event_index"] for entry in house.quarantine()] == ([] if kept else [0])


def test_an_event_without_time_has_that_of_its_batch(house: House) -> None:
    row = one_event(house, batch(event(at=None), timestamp_unixtime_ms=NOON))
    assert row["event_at"] == row["received_at"] == datetime(2018, 1, 1, 12)


def test_an_event_without_any_time_goes_to_quarantine(house: House) -> None:
    house.land("a.json", lines(batch(event(at=None), event(at=None), timestamp_unixtime_ms=-5)))
    totals = house.ingest().totals
    assert (totals.records_parsed, totals.events_quarantined, totals.events_kept) == (1, 2, 0)
    assert {entry["code"] for entry in house.quarantine()} == {"no_time"}


@pytest.mark.parametrize("received", [None, -1, 7_258_118_400_000, "x"])
def test_receipt_is_the_arrival_where_the_batch_has_no_usable_time(house: House, received: Any) -> None:
    row = one_event(house, batch(event(), timestamp_unixtime_ms=received))
    assert row["received_at"] == datetime(2018, 2, 1)


def test_events_of_every_type_are_kept_with_their_other_fields(house: House) -> None:
    odd = typed_event("never_seen", strange={"deep": [1.0, None]}, session_uuid="u", session_id=5)
    odd["outer"] = 1
    row = one_event(house, batch(odd))
    assert row["event_type"] == "never_seen"
    assert row["event_name"] is None
    assert row["session_id"] == "u"
    assert row["extra"] == '{"outer":1,"strange":{"deep":[1.0,null]},"session_id":5}'


def test_a_screen_view_is_named_by_its_screen(house: House) -> None:
    row = one_event(house, batch(typed_event("screen_view", screen_name="Home", event_name="other")))
    assert (row["event_name"], row["screen_name"]) == ("Home", "Home")
    assert row["extra"] == '{"event_name":"other"}'


def test_a_screen_view_without_screen_is_named_by_its_event(house: House) -> None:
    assert one_event(house, batch(typed_event("screen_view", event_name="Home")))["event_name"] == "Home"


def test_a_purchase_has_its_amounts_and_products(house: House) -> None:
    bought = typed_event(
        "commerce_event",
        event_name="eCommerce - Purchase",
        currency_code="EUR",
        product_action={
            "action": "purchase",
            "total_amount": 10.0,
            "transaction_id": "t",
            "checkout_step": 2,
            "products": [
                {"sku": "s", "price": 5, "quantity": "2", "attributes": {"size": "L"}, "time_added": 3},
                {"id": "i", "sku": "ignored", "custom_attributes": None},
            ],
        },
    )
    row = one_event(house, batch(bought))
    assert (row["event_name"], row["total_amount"], row["currency_code"]) == ("purchase", "10.0", "EUR")
    first, second = row["products"]
    assert (first["id"], first["price"], first["quantity"], first["attributes"]) == (
        "s",
        "5",
        "2",
        {"size": "L"},
    )
    assert (second["id"], second["attributes"]) == ("i", None)
    assert row["extra"] == (
        '{"event_name":"eCommerce - Purchase","product_action":{"checkout_step":2,'
        '"products":[{"time_added":3},{"sku":"ignored"}]}}'
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"product_action": {"action": 7}}, "purchase"),
        ({"product_action": {"action": "remove_from_wishlist"}}, "remove_from_wish_list"),
        ({"product_action": {"action": "Own"}}, "Own"),
        ({"promotion_action": {"action": "view"}}, "promotion_view"),
        ({"promotion_action": {"action": "click", "promotions": []}}, "promotion_click"),
        ({"product_impressions": [{"products": []}]}, "impression"),
        ({"product_action": {}, "custom_event_type": "refund"}, "refund"),
        ({}, None),
    ],
)
def test_a_commerce_event_is_named_by_its_action(
    house: House, data: dict[str, Any], name: str | None
) -> None:
    assert one_event(house, batch(typed_event("commerce_event", **data)))["event_name"] == name


def test_app_and_platform_are_those_of_the_batch(house: House) -> None:
    row = one_event(
        house,
        batch(
            event(),
            device_info={"os_version": "12.2"},
            application_info={"os": "IOS", "application_version": "2.10", "application_build_number": 7},
        ),
    )
    assert [row[name] for name in ("app_version", "app_build", "platform", "os_version")] == [
        "2.10",
        "7",
        "IOS",
        "12.2",
    ]


def test_an_event_lands_in_its_own_day_however_late_it_comes(house: House) -> None:
    house.land("a.json", lines(batch(event(at=NOON))))
    house.ingest()
    house.land("b.json", lines(batch(event(at=NOON - 40 * DAY)), batch(event(at=NOON, id="late"))))
    assert house.ingest().days == ("2017-11-22", "2018-01-01")
    day = house.data / "lake/events/day=2017-11-22/part-0.parquet"
    assert day.exists()
    assert len(house.events()) == 3


def test_days_begin_at_midnight_utc(house: House) -> None:
    midnight = NOON + DAY // 2
    house.land("a.json", lines(batch(event(at=midnight - 1), event(at=midnight))))
    assert house.ingest().days == ("2018-01-01", "2018-01-02")


def test_an_event_more_than_an_hour_past_its_receipt_is_counted(house: House) -> None:
    hour = 3_600_000
    house.land(
        "a.json",
        lines(batch(event(at=NOON + hour), event(at=NOON + hour + 1), timestamp_unixtime_ms=NOON)),
    )
    assert house.ingest().totals.events_late == 1


@pytest.mark.parametrize(
    ("mpid", "code"),
    [
        (2**63, "mpid_out_of_range"),
        ("-9223372036854775809", "mpid_out_of_range"),
        (1.5, "mpid_unreadable"),
        ("abc", "mpid_unreadable"),
        (True, "mpid_unreadable"),
        (None, "no_user"),
        ("", "no_user"),
    ],
)
def test_a_batch_without_usable_mpid_goes_to_quarantine_with_all_its_events(
    house: House, mpid: Any, code: str
) -> None:
    house.land("a.json", lines(batch(event(), event(), mpid=mpid)))
    totals = house.ingest().totals
    assert (totals.records_quarantined, totals.events_read, totals.events_quarantined) == (1, 2, 2)
    (entry,) = house.quarantine()
    assert (entry["code"], entry["line"], entry["file"]) == (code, 1, "a.json")


@pytest.mark.parametrize("mpid", [0, "0", 2**63 - 1, "-9223372036854775808"])
def test_mpids_are_exact(house: House, mpid: Any) -> None:
    assert one_event(house, batch(event(), mpid=mpid))["mpid"] == int(mpid)


def test_a_record_with_a_login_identity_alone_belongs_to_its_digest(house: House) -> None:
    row = one_event(house, batch(event(), mpid=None, user_identities={"customerId": "jim", "email": "e"}))
    assert row["login_identity"] == "customer_id:jim"
    # First 8 bytes of SHA-256 of "customer_id:jim".
    assert row["mpid"] == 7823241141271457119


def test_the_environment_is_kept(house: House) -> None:
    body = batch(event())
    assert one_event(house, {**body, "environment": "development"})["environment"] == "development"
