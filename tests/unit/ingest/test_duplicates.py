from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.unit.ingest.builders import DAY, NOON, batch, event, lines
from transforms.ingest.run import ingest

if TYPE_CHECKING:
    from tests.unit.ingest.builders import House


def counts(house: House) -> tuple[int, int, int, int, int]:
    totals = house.ingest().totals
    assert totals.events_read == totals.events_kept + totals.events_duplicate + totals.events_quarantined
    assert totals.records_read == totals.records_parsed + totals.records_quarantined
    return (
        totals.events_read,
        totals.events_kept,
        totals.events_duplicate,
        totals.events_conflicting,
        totals.events_reused,
    )


def test_the_same_file_again_changes_no_byte(house: House) -> None:
    house.land("a.json", lines(batch(event(id=1), event(), event(at=-1)), batch(mpid="x")))
    house.ingest()
    before = house.lake()
    assert house.ingest().segment is None
    assert house.lake() == before


def test_a_touched_file_and_a_copy_are_not_read_again(house: House) -> None:
    file = house.land("a.json", lines(batch(event())))
    house.ingest()
    before = house.bytes_of("lake/events", "lake/users")
    os.utime(file, (1, 1))
    house.land("copy.json", file.read_bytes())
    report = house.ingest()
    assert [(entry.path, entry.status) for entry in report.files] == [
        ("a.json", "copy"),
        ("copy.json", "copy"),
    ]
    assert house.bytes_of("lake/events", "lake/users") == before
    assert house.ingest().unchanged_files == 2


def test_two_files_of_the_same_bytes_in_one_ingest_are_one(house: House) -> None:
    for name in ("a.json", "b.json"):
        house.land(name, lines(batch(event())))
    assert counts(house) == (1, 1, 0, 0, 0)


def test_a_file_that_grew_is_read_again_and_keeps_its_arrival(house: House) -> None:
    first = batch(event(), event("Stop"), user_attributes={"a": "1"})
    house.land("a.json", lines(first), arrival=1_517_443_200)
    house.ingest()
    house.land("a.json", lines(first, batch(event(at=NOON + 1))), arrival=1_527_443_200)
    assert counts(house) == (3, 1, 2, 0, 0)
    assert len(house.said("attribute")) == 1
    assert {row["received_at"].month for row in house.events()} == {2}


def test_the_same_event_in_two_batches_counts_once(house: House) -> None:
    house.land("a.json", lines(batch(event(id="7")), batch(event(id=8))))
    house.land("b.json", lines(batch(event(id="7"), event(id=9))))
    assert counts(house) == (4, 3, 1, 0, 0)


def test_of_copies_that_differ_the_first_ingested_stays(house: House) -> None:
    house.land("b.json", lines(batch(event("First", id=1))))
    house.ingest()
    house.land("a.json", lines(batch(event("Second", id=1)), batch(event("First", id=1))))
    assert counts(house) == (2, 0, 2, 1, 0)
    assert [row["event_name"] for row in house.events()] == ["First"]


def test_within_one_ingest_the_first_is_that_of_the_first_path_and_line(house: House) -> None:
    house.land("b.json", lines(batch(event("Third", id=1))))
    house.land("a.json", lines(batch(event("First", id=1), event("Second", id=1))))
    assert counts(house) == (3, 1, 2, 2, 0)
    assert [row["event_name"] for row in house.events()] == ["First"]


def test_an_id_that_comes_again_on_another_day_is_kept_and_counted(house: House) -> None:
    house.land("a.json", lines(batch(event(id=1), event(id=1, at=NOON + DAY))))
    assert counts(house) == (2, 2, 0, 0, 1)
    house.land("b.json", lines(batch(event(id=1, at=NOON + 2 * DAY), event(id=2))))
    assert counts(house) == (2, 2, 0, 0, 1)


def test_the_same_id_in_another_input_is_another_event(house: House) -> None:
    other = replace(house.inputs[0], name="web")
    for name in ("ios", "web"):
        house.land("a.json", lines(batch(event(id=1))), source=name)
    report = ingest((*house.inputs, other), house.data, ())
    assert (report.totals.events_kept, report.totals.events_reused) == (2, 0)


def test_batches_on_one_line_are_counted_one_by_one(house: House) -> None:
    house.land(
        "a.json",
        lines(
            [
                batch(event("A", id=1), user_attributes={"plan": "old"}),
                batch(event("B", id=2), user_attributes={"plan": "new"}),
                batch(event("C")),
                batch(event("C")),
            ]
        ),
    )
    assert counts(house) == (4, 4, 0, 0, 0)
    assert [row["value"] for row in house.said("attribute")] == ["old", "new"]


def test_equal_lines_without_id_are_as_many_events_and_the_same_in_another_file(house: House) -> None:
    same = batch(event())
    house.land("a.json", lines(same, same))
    assert counts(house) == (2, 2, 0, 0, 0)
    house.land("b.json", lines(same, same, same))
    assert counts(house) == (3, 1, 2, 0, 0)
    assert len({row["event_id"] for row in house.events()}) == 3


def test_equal_events_of_two_users_are_two(house: House) -> None:
    house.land("a.json", lines(batch(event(), mpid=1), batch(event(), mpid=2)))
    assert counts(house) == (2, 2, 0, 0, 0)


def test_an_event_without_id_takes_its_message_id(house: House) -> None:
    house.land(
        "a.json",
        lines(
            batch(
                event(source_message_id="m"),
                event(id=5, source_message_id="m"),
                event(id="", source_message_id=""),
            )
        ),
    )
    assert counts(house) == (3, 3, 0, 0, 0)
    assert {"5", "m"} < {row["event_id"] for row in house.events()}


def test_the_time_of_the_batch_tells_events_without_time_apart(house: House) -> None:
    house.land(
        "a.json",
        lines(*(batch(event(at=None), timestamp_unixtime_ms=at) for at in (NOON, NOON + 1, NOON))),
    )
    assert counts(house) == (3, 3, 0, 0, 0)
    house.land("b.json", lines(batch(event(at=None), timestamp_unixtime_ms=NOON + 1), {"mpid": 9}))
    assert counts(house) == (1, 0, 1, 0, 0)
