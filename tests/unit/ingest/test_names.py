"""The file of names is what a scan of the whole lake would say, whatever was ingested in which order."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import duckdb

from tests.support.oracle.values import instant, number, version
from tests.support.world_values import ODD_NUMBERS, TEXTS, VERSIONS
from tests.unit.ingest.builders import DAY, NOON, batch, event, lines, typed_event
from transforms.ingest.names import _READINGS
from transforms.seen_names import LONGEST_NAME, MOST_NAMES, PLACE, SeenNames, read_seen_names, seen_names

if TYPE_CHECKING:
    from tests.unit.ingest.builders import House


def names(house: House) -> SeenNames:
    found = read_seen_names(house.data)
    assert found is not None
    return found


def test_names_of_events_attributes_products_and_users(house: House) -> None:
    bought = {
        "product_action": {
            "action": "purchase",
            "products": [
                {"id": "1", "name": "Boots", "category": "Shoes", "custom_attributes": {"size": 42}}
            ],
        },
        "custom_attributes": {"gift": True},
    }
    house.land(
        "a.json",
        lines(
            batch(
                event("Play", custom_attributes={"genre": "drama", "seconds": 60, "tag": None}),
                typed_event("screen_view", screen_name="Home"),
                typed_event("commerce_event", **bought),
                user_attributes={"Plan": "pro", "sizes": ["s"], "since": "2018-01-01"},
            )
        ),
    )
    house.ingest()
    seen = names(house)
    assert seen.under("events", "custom_event") == {"Play": frozenset()}
    assert seen.under("events", "screen_view") == {"Home": frozenset()}
    assert seen.under("event_attributes", "custom_event", "Play") == {
        "genre": {"text"},
        "seconds": {"text", "number", "version"},
        "tag": frozenset(),
    }
    assert set(seen.under("event_attributes", "commerce_event", "purchase")) == {"gift"}
    assert set(seen.under("product_attributes")) == {"size"}
    assert (set(seen.under("products")), set(seen.under("categories"))) == ({"Boots"}, {"Shoes"})
    assert set(seen.under("brands")) == set()
    assert seen.under("user_attributes", "shop") == {
        "Plan": {"text"},
        "sizes": {"list"},
        "since": {"text", "date", "version"},
    }


def test_the_file_is_the_same_whatever_came_first_and_again(house: House) -> None:
    first = lines(batch(event("Play", id="1", custom_attributes={"a": "x"}), user_attributes={"plan": "a"}))
    second = lines(
        batch(event("Pay", id="2", at=NOON + DAY, custom_attributes={"a": "7"}), user_attributes={"age": "7"})
    )
    house.land("a.json", first)
    house.ingest()
    one_after_the_other = (house.land("b.json", second), house.ingest(), house.data / PLACE)[2].read_bytes()
    again = house.land("c.json", first + second)
    house.ingest()
    assert (house.data / PLACE).read_bytes() == one_after_the_other
    again.unlink()
    # A lake without the file is looked through once.
    (house.data / PLACE).unlink()
    house.land("d.json", lines(batch(event("Play", id="1"))))
    house.ingest()
    assert (house.data / PLACE).read_bytes() == one_after_the_other


def test_a_copy_that_differs_and_a_file_that_is_rejected_leave_no_name(house: House) -> None:
    house.land("a.json", lines(batch(event("Play", id="1"))))
    house.ingest()
    before = (house.data / PLACE).read_bytes()
    house.land("b.json", lines(batch(event("Never", id="1", custom_attributes={"never": "x"}))))
    house.land("c.json.gz", b"no gzip")
    # More than is read at once, so that it is rejected after some of its rows were staged.
    broken = lines(batch(event("Nor", id="2"), user_attributes={"neither": "x"})) * 10_000
    house.land("d.json.gz", gzip.compress(broken)[:-8])
    house.ingest()
    assert (house.data / PLACE).read_bytes() == before


def test_no_value_of_a_user_is_in_it(house: House) -> None:
    secret = "ana.secret@example.com"
    house.land(
        "a.json",
        lines(batch(event("Play", custom_attributes={"mail": secret}), user_attributes={"mail": secret, "mails": [secret]},
                    user_identities={"email": secret})),
    )  # fmt: skip
    house.ingest()
    assert "secret" not in (house.data / PLACE).read_text("utf-8")


def test_a_file_that_is_broken_says_nothing_and_is_made_anew(house: House) -> None:
    house.land("a.json", lines(batch(event("Play"))))
    house.ingest()
    before = (house.data / PLACE).read_bytes()
    for broken in (b"", b"{}", b"[1]", b"\xff", before[:-5]):
        (house.data / PLACE).write_bytes(broken)
        assert read_seen_names(house.data) is None
    house.land("b.json", lines(batch(event("Play", at=NOON + 1))))
    house.ingest()
    assert (house.data / PLACE).read_bytes() == before


def test_a_name_that_nobody_writes_is_not_kept(house: House) -> None:
    longest, longer = "x" * LONGEST_NAME, "y" * (LONGEST_NAME + 1)
    attributes = {longest: "a", longer: "a"}
    bought = {
        "product_action": {"action": "purchase", "products": [{"id": "1", "name": longer, "brand": longest}]}
    }
    house.land(
        "a.json",
        lines(
            batch(
                event(longest, custom_attributes=attributes),
                event(longer, custom_attributes=attributes),
                typed_event("commerce_event", **bought),
                user_attributes=attributes,
            )
        ),
    )
    house.ingest()
    assert longer not in (house.data / PLACE).read_text("utf-8")
    seen = names(house)
    assert set(seen.under("events", "custom_event")) == {longest}
    assert set(seen.under("event_attributes", "custom_event", longest)) == {longest}
    assert set(seen.under("user_attributes", "shop")) == {longest}
    assert (set(seen.under("products")), set(seen.under("brands"))) == (set(), {longest})


def test_attributes_of_events_without_a_name(house: House) -> None:
    house.land("a.json", lines(batch(typed_event("crash_report", custom_attributes={"reason": "memory"}))))
    house.ingest()
    assert set(names(house).under("event_attributes", "crash_report")) == {"reason"}


def test_a_topic_with_too_many_names_says_nothing_any_more() -> None:
    many = seen_names(
        {"events": [(("custom_event", f"Play {number}"), ()) for number in range(MOST_NAMES + 1)]}
    )
    assert not many.knows("events")
    assert not SeenNames().joined(many).knows("events")
    assert many.knows("user_attributes")
    assert len(many.text()) < 1_000


def test_what_criteria_can_read_is_a_reading() -> None:
    values = [
        *TEXTS,
        *ODD_NUMBERS,
        *VERSIONS,
        "TRUE",
        "2018-01-01",
        "2018-01-01 10:00",
        "1514764800000",
        "12345678901",
    ]
    with duckdb.connect() as connection:
        connection.execute(_READINGS)
        for value in values:
            found = connection.execute(
                "select readings(value) from (values (?)) t(value)", [value]
            ).fetchone()
            assert found is not None
            readings = found[0]
            assert readings["number"] or number(value) is None, value
            assert readings["date"] or instant(value) is None, value
            assert readings["version"] or version(value) is None, value
            assert readings["boolean"] or value.lower() not in ("true", "false")
