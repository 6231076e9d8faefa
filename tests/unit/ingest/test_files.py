from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import zstandard

from tests.unit.ingest.builders import batch, event, lines
from transforms.contracts import EVENTS, USERS
from transforms.errors import UserError
from transforms.ingest import run as ingest_run

if TYPE_CHECKING:
    from tests.unit.ingest.builders import House


BODY = lines(batch(event("A")), batch(event("B")))


def zstd(*parts: bytes) -> bytes:
    return b"".join(zstandard.ZstdCompressor().compress(part) for part in parts)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", BODY),
        ("deep/er/a.jsonl", BODY),
        ("a.json.gz", gzip.compress(BODY)),
        ("two-members.json.gz", gzip.compress(BODY[:30]) + gzip.compress(BODY[30:])),
        ("a.json.zst", zstd(BODY)),
        ("two-frames.json.zst", zstd(BODY[:30], BODY[30:])),
        ("mark.json", b"\xef\xbb\xbf" + BODY),
        ("array.json", json.dumps([batch(event("A")), batch(event("B"))], indent=1).encode()),
        ("joined.json", BODY.replace(b"\n", b"")),
        ("crlf.json", BODY.replace(b"\n", b"\r\n\r\n")),
    ],
)
def test_files_are_read_plain_or_compressed_in_every_layout(house: House, name: str, content: bytes) -> None:
    house.land(name, content)
    house.ingest()
    assert [row["event_name"] for row in house.events()] == ["A", "B"]
    assert {row["source_path"] for row in house.events()} == {name}


@pytest.mark.parametrize("name", [".a.json", "_a.json", "a.json.tmp", "a.part", ".x/a.json", "_x/a.json"])
def test_unfinished_and_hidden_files_are_left_alone(house: House, name: str) -> None:
    house.land(name, BODY)
    assert house.ingest().files == ()


def test_every_table_has_a_file_after_any_ingest(house: House) -> None:
    house.ingest()
    for table, schema in (("events", EVENTS), ("users", USERS)):
        (file,) = (house.data / "lake" / table).glob("*/*.parquet")
        assert pq.read_schema(file).equals(schema)
        assert pq.ParquetFile(file).metadata.num_rows == 0
    before = house.lake()
    house.ingest()
    assert house.lake() == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.json.gz", gzip.compress(BODY * 100)[:-20], "cut_off"),
        ("a.json.gz", BODY, "bad_compression"),
        ("a.json.zst", zstd(BODY * 100)[:-5], "cut_off"),
        ("a.json.zst", BODY, "bad_compression"),
        ("a.json", gzip.compress(BODY), "not_text"),
        ("a.json", BODY.decode().encode("utf-16"), "not_text"),
    ],
)
def test_a_broken_file_is_rejected_whole_and_the_rest_goes_on(
    house: House, name: str, content: bytes, code: str
) -> None:
    house.land(name, content)
    house.land("good.json", BODY)
    report = house.ingest()
    assert [entry.status for entry in report.files] == ["rejected", "ingested"]
    assert report.totals.records_quarantined == 1
    assert report.totals.events_kept == len(house.events()) == 2
    assert {row["source_path"] for row in house.said()} == {"good.json"}
    assert [(entry["code"], entry["file"]) for entry in house.quarantine()] == [(code, name)]


def test_a_rejected_file_is_read_when_its_bytes_change(house: House) -> None:
    whole = gzip.compress(BODY)
    house.land("a.json.gz", whole[:-9])
    house.ingest()
    assert house.ingest().files == ()
    house.land("a.json.gz", whole)
    assert house.ingest().totals.events_kept == 2


def test_bad_records_are_kept_with_line_reason_and_text(house: House) -> None:
    good = json.dumps(batch(event()))
    content = "\n".join(
        ['{"mpid": 1, "events": [', good, "", "nonsense", '{"mpid": NaN}', '{"a": "\\ud800"}', "[1]", good]
    )
    house.land("a.json", content.encode() + b'\n{"a": "\xff"}')
    totals = house.ingest().totals
    assert (totals.records_read, totals.records_parsed) == (8, 2)
    assert [(entry["line"], entry["code"]) for entry in house.quarantine()] == [
        (1, "not_json"),
        (4, "not_json"),
        (5, "number_unreadable"),
        (6, "lone_surrogate"),
        (7, "not_an_object"),
        (9, "not_utf8"),
    ]
    assert house.quarantine()[1]["raw"].strip() == "nonsense"


def test_a_bad_event_is_kept_with_its_index_and_text(house: House) -> None:
    house.land("a.json", lines(batch(event(), [], {"data": {}}, {"event_type": "x", "data": 3})))
    house.ingest()
    assert [(entry["event_index"], entry["code"], entry["raw"]) for entry in house.quarantine()] == [
        (1, "event_not_an_object", "[]"),
        (2, "no_event_type", '{"data":{}}'),
        (3, "data_not_an_object", '{"event_type":"x","data":3}'),
    ]


def test_the_later_of_a_name_written_twice_counts(house: House) -> None:
    house.land("a.json", b'{"mpid": 1, "mpid": 2, "events": []}')
    house.ingest()
    assert [row["mpid"] for row in house.said()] == [2]


def test_rows_are_sorted_as_the_contract_says(house: House) -> None:
    bodies = [
        batch(event(name, id=f"{name}{mpid}", at=1_514_808_000_000 + mpid), mpid=mpid)
        for name in ("b", "a", "é", "B")
        for mpid in (5, -3, 0)
    ]
    house.land(
        "a.json",
        lines(
            *bodies, batch({"event_type": "crash_report", "data": {"timestamp_unixtime_ms": 1514808000000}})
        ),
    )
    house.ingest()
    rows = [(row["event_type"], row["event_name"] or "", row["mpid"]) for row in house.events()]
    assert rows == sorted(rows)


def test_the_order_of_ingests_does_not_change_the_rows(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = type(house)(tmp_path_factory.mktemp("other"))
    contents = {
        "a.json": lines(
            batch(event(id=1), user_attributes={"a": "1"}, timestamp_unixtime_ms=1_514_808_000_000)
        ),
        "b.json": lines(
            batch(event(id=2), user_attributes={"a": "2"}, timestamp_unixtime_ms=1_514_808_000_000)
        ),
    }
    for name in ("a.json", "b.json"):
        house.land(name, contents[name])
        house.ingest()
    for name in ("b.json", "a.json"):
        other.land(name, contents[name])
        other.ingest()
    assert house.bytes_of("lake/events", "lake/users") == other.bytes_of("lake/events", "lake/users")


def test_a_second_ingest_at_the_same_time_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.land("a.json", BODY)
    real = ingest_run.landing_files
    refused: list[UserError] = []

    def while_running(*arguments):
        monkeypatch.setattr(ingest_run, "landing_files", real)
        with pytest.raises(UserError) as caught:
            house.ingest()
        refused.append(caught.value)
        return real(*arguments)

    monkeypatch.setattr(ingest_run, "landing_files", while_running)
    assert house.ingest().totals.events_kept == 2
    assert [error.problems[0].code for error in refused] == ["ingest_running"]


def test_landing_may_lie_elsewhere(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.json").write_bytes(BODY)
    source = house.inputs[0].__class__(
        "shop", "ios", "platform", "batches", str(elsewhere), None, house.inputs[0].place
    )
    assert ingest_run.ingest((source,), house.data, ()).totals.events_kept == 2
