from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.unit.ingest.builders import NOON, batch, event, lines, typed_event

if TYPE_CHECKING:
    from tests.unit.ingest.builders import House


MINUTE = 60_000


def said(house: House, body: dict[str, Any], statement: str | None = None) -> list[dict[str, Any]]:
    house.land("a.json", lines(body))
    house.ingest()
    return house.said(statement)


def brief(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_batch_holds_from_its_latest_usable_event(house: House) -> None:
    body = batch(
        event(at=NOON + MINUTE), event(at=NOON), event(at=-1), timestamp_unixtime_ms=NOON + 9 * MINUTE
    )
    (seen,) = said(house, body)
    assert seen["statement"] == "seen"
    assert seen["said_at"] == datetime(2018, 1, 1, 12, 1)
    assert seen["received_at"] == datetime(2018, 1, 1, 12, 9)


def test_a_batch_without_events_holds_from_its_own_time(house: House) -> None:
    (seen,) = said(house, batch(timestamp_unixtime_ms=NOON))
    assert seen["said_at"] == datetime(2018, 1, 1, 12)


def test_a_batch_without_events_or_time_holds_from_arrival(house: House) -> None:
    (seen,) = said(house, {"mpid": "0"})
    assert (seen["said_at"], seen["mpid"], seen["environment"]) == (datetime(2018, 2, 1), 0, "production")


def test_attributes_are_text_lists_and_tags(house: House) -> None:
    body = batch(
        event(),
        user_attributes={"n": 8, "f": 7.50, "b": True, "tag": None, "l": ["x", 1, None], "o": {"a": 1}},
    )
    rows = said(house, body, "attribute")
    assert brief(rows, "name", "value", "elements", "is_removed") == [
        ("n", "8", None, False),
        ("f", "7.5", None, False),
        ("b", "true", None, False),
        ("tag", None, None, False),
        ("l", None, ["x", "1", None], False),
        ("o", '{"a":1}', None, False),
    ]


def test_within_a_batch_changes_come_first_then_attributes_then_removals(house: House) -> None:
    def change(name: str, at: int, **data: Any) -> dict[str, Any]:
        return typed_event("user_attribute_change", at=at, user_attribute_name=name, old=None, **data)

    body = batch(
        change("later", NOON, new="b"),
        change("sooner", NOON - MINUTE, new=["a"]),
        change("gone", NOON, new=None, deleted=True),
        change("tag", NOON, new=None, deleted=False),
        user_attributes={"plain": "p"},
        deleted_user_attributes=["plain"],
    )
    rows = said(house, body, "attribute")
    assert brief(rows, "name", "value", "elements", "is_removed") == [
        ("sooner", None, ["a"], False),
        ("later", "b", None, False),
        ("gone", None, None, True),
        ("tag", None, None, False),
        ("plain", "p", None, False),
        ("plain", None, None, True),
    ]
    assert rows[0]["said_at"] == datetime(2018, 1, 1, 11, 59)


def test_identities_are_read_in_both_spellings(house: House) -> None:
    house.land(
        "a.json",
        lines(
            batch(
                event(at=NOON), user_identities={"customerId": 12, "email": None, "other2": "", "own": "x"}
            ),
            batch(
                event(at=NOON + 1),
                user_identities=[
                    {"identity_type": "customer_id", "identity": "13", "created_this_batch": True},
                    {"type": "ios_vendor_id", "encoding": "raw", "value": "v"},
                    {"type": "email", "encoding": "md5", "value": "hash"},
                ],
            ),
        ),
    )
    house.ingest()
    rows = house.said("identity")
    assert brief(rows, "name", "value", "is_removed") == [
        ("customer_id", "12", False),
        ("email", None, True),
        ("own", "x", False),
        ("customer_id", "13", False),
        ("ios_idfv", "v", False),
    ]
    (seen,) = [row for row in house.said("seen") if row["source_line"] == 2]
    assert seen["fields"] == {
        "extra": '{"user_identities":[{"type":"email","encoding":"md5","value":"hash"}]}'
    }


def test_an_identity_change_gives_and_takes_away(house: House) -> None:
    body = batch(
        typed_event("user_identity_change", new={"identity_type": "customer", "identity": "7"}, old=None),
        typed_event("user_identity_change", new=None, old={"identity_type": "email", "identity": "x"}),
        typed_event("user_identity_change", new={"identity_type": "google", "identity": None}, old=None),
    )
    rows = said(house, body, "identity")
    assert brief(rows, "name", "value", "is_removed") == [
        ("customer_id", "7", False),
        ("email", None, True),
        ("google", None, True),
    ]


def test_consent_holds_from_its_own_time(house: House) -> None:
    body = batch(
        event(),
        consent_state={
            "gdpr": {
                "Marketing": {"consented": True, "timestamp_unixtime_ms": NOON - MINUTE, "document": "v2"},
                "gone": None,
            },
            "ccpa": {"data_sale_opt_out": {"consented": False}},
            "odd": {"p": {"consented": "maybe"}},
        },
    )
    rows = said(house, body, "consent")
    assert brief(rows, "name", "purpose", "consented", "is_removed", "fields") == [
        ("gdpr", "Marketing", True, False, {"document": "v2"}),
        ("gdpr", "gone", None, True, None),
        ("ccpa", "data_sale_opt_out", False, False, None),
    ]
    assert rows[0]["said_at"] == datetime(2018, 1, 1, 11, 59)
    assert house.said("seen")[0]["fields"]["extra"] == '{"consent_state":{"odd":{"p":{"consented":"maybe"}}}}'


def test_a_device_is_known_by_its_stamp_first(house: House) -> None:
    body = batch(
        event(),
        mp_deviceid="stamp",
        device_info={
            "ios_idfv": "idfv",
            "ios_advertising_id": "idfa",
            "android_uuid": "",
            "brand": "",
            "device_manufacturer": "Apple",
            "device": "John's",
            "device_model": "iPhone6,1",
            "platform": "iOS",
            "is_tablet": False,
            "network_carrier": "AT&T",
            "limit_ad_tracking": True,
            "screen_dpi": 160,
        },
        application_info={"application_version": "1.0", "os": "IOS", "package": "p"},
    )
    (device,) = said(house, body, "device")
    assert device["value"] == "mp_deviceid:stamp"
    assert device["fields"] == {
        "mp_deviceid": "stamp",
        "os": "iOS",
        "brand": "Apple",
        "model": "iPhone6,1",
        "carrier": "AT&T",
        "limit_ad_tracking": "true",
        "type": "phone",
    }
    assert brief(house.said("identity"), "name", "value") == [
        ("mp_deviceid", "stamp"),
        ("ios_idfv", "idfv"),
        ("ios_advertising_id", "idfa"),
    ]
    assert house.said("app")[0]["fields"] == {"version": "1.0"}
    assert house.said("seen")[0]["fields"] == {
        "extra": '{"device_info":{"screen_dpi":160},"application_info":{"package":"p"}}'
    }


def test_a_device_without_ids_is_known_by_brand_model_and_platform(house: House) -> None:
    (device,) = said(
        house, batch(event(), device_info={"brand": "B|", "device": "D", "platform": "Android"}), "device"
    )
    assert device["value"] == 'model:["B|","D","Android"]'


def test_a_device_of_which_little_is_known_is_one(house: House) -> None:
    (device,) = said(house, batch(event(), device_info={"platform": "web", "os_version": ""}), "device")
    assert device["value"] == 'model:[null,null,"web"]'
    assert device["fields"] == {"os": "web"}


def test_a_batch_that_says_nothing_of_its_device_has_none(house: House) -> None:
    assert said(house, batch(event(), device_info={"screen_dpi": 5, "brand": None}), "device") == []


def test_an_events_location_holds_from_its_time(house: House) -> None:
    where = {"latitude": 48.5, "longitude": -2, "country_code": "FR", "dma_code": 5}
    body = batch(
        typed_event("session_start", at=NOON, location=where),
        event(at=NOON + MINUTE),
        context={"location": {"city_name": "Paris", "latitude": 1}},
    )
    rows = said(house, body, "location")
    assert brief(rows, "said_at", "fields") == [
        (datetime(2018, 1, 1, 12), {"country": "FR", "dma": "5"}),
        (datetime(2018, 1, 1, 12, 1), {"city": "Paris"}),
    ]
    (point,) = house.said("coordinates")
    assert point["fields"] == {"latitude": "48.5", "longitude": "-2"}


def test_attribution_tells_its_events_from_the_batch(house: House) -> None:
    body = batch(
        event("attribution", custom_event_type="attribution", custom_attributes={"Publisher": "P", "x": 1}),
        typed_event("uninstall", custom_attributes={"campaign": "C"}),
        attribution_info={"service_provider": "s", "publisher": "Q", "campaign": "D"},
    )
    rows = said(house, body, "attribution")
    assert brief(rows, "name", "fields") == [
        ("install", {"publisher": "P", "source": "event"}),
        ("uninstall", {"campaign": "C", "source": "event"}),
        ("install", {"publisher": "Q", "campaign": "D", "source": "batch"}),
    ]


def test_opt_out_is_said_at_its_event(house: House) -> None:
    body = batch(
        typed_event("opt_out", at=NOON, is_opted_out=True),
        typed_event("opt_out", at=NOON + 1, is_opted_out=False),
    )
    assert brief(said(house, body, "opt_out"), "value") == [("true",), ("false",)]


def test_unknown_fields_of_a_batch_are_kept(house: House) -> None:
    body = batch(event(), ip="1.2.3.4", new_field={"a": [1]}, user_attributes="odd", device_info=[1])
    (seen,) = said(house, body)
    assert seen["fields"] == {
        "extra": '{"ip":"1.2.3.4","new_field":{"a":[1]},"user_attributes":"odd","device_info":[1]}'
    }


def test_the_same_statement_in_two_files_keeps_its_newest_place(house: House) -> None:
    body = batch(event(id=1), user_attributes={"plan": "free"}, timestamp_unixtime_ms=NOON)
    house.land("b.json", lines(body))
    house.ingest()
    house.land("a.json", lines(body, batch(mpid=2)))
    house.land("c.json", lines(body, batch(mpid=3)))
    house.ingest()
    assert brief(house.said("attribute"), "source_path") == [("c.json",)]
