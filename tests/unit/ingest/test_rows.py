from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.ingest.builders import House
from transforms.definitions.records import Column, Constant, EcommerceMapping, RowMapping, TimeMapping

if TYPE_CHECKING:
    from pathlib import Path

SALES = RowMapping(
    record="event",
    user=(("customer_id", "household"),),
    time=TimeMapping("sold_at", "%Y-%m-%d %H:%M:%S"),
    event=Constant("Sale"),
    ecommerce=EcommerceMapping(
        action=Constant("purchase"),
        fields=(("total_amount", "amount"), ("transaction_id", "receipt")),
        product=(("id", "sku"), ("price", "price"), ("quantity", "units")),
    ),
    lines_of=("receipt",),
)
CLICKS = RowMapping(record="event", user=(("mpid", "client"),), time=TimeMapping("at"), event=Column("event"))
PEOPLE = RowMapping(record="user", user=(("customer_id", "id"), ("email", "mail")), time=TimeMapping("at"))


def land(tmp_path: Path, mapping: RowMapping, text: str | bytes, name: str = "a.csv") -> House:
    house = House(tmp_path, mapping)
    house.land(name, text.encode() if isinstance(text, str) else text, source="till")
    return house


def test_a_row_is_a_custom_event_with_its_other_columns(tmp_path: Path) -> None:
    house = land(
        tmp_path, CLICKS, 'client,event,at,page,empty\n-5,"Vi\new",2018-01-01 12:00:00.25,"a,""b""",\n'
    )
    totals = house.ingest().totals
    (row,) = house.events()
    assert (row["mpid"], row["event_type"], row["event_name"]) == (-5, "custom_event", "Vi\new")
    assert row["event_at"] == dt.datetime(2018, 1, 1, 12, 0, 0, 250_000)
    assert row["received_at"] == dt.datetime(2018, 2, 1)
    assert row["attributes"] == {"page": 'a,"b"'}
    assert (totals.records_read, totals.records_parsed, totals.events_kept) == (1, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-01-01", dt.datetime(2018, 1, 1)),
        ("2018-01-01T12:00Z", dt.datetime(2018, 1, 1, 12)),
        ("2018-01-01 12:00:00+02:00", dt.datetime(2018, 1, 1, 10)),
        ("2018-01-01 12:00:00.1234567", dt.datetime(2018, 1, 1, 12, 0, 0, 123456)),
        ("1514808000", dt.datetime(2018, 1, 1, 12)),
        ("1514808000000", dt.datetime(2018, 1, 1, 12)),
        ("", dt.datetime(2018, 2, 1)),
        ("2018-13-01", None),
        ("1969-12-31 23:59:59.999999", None),
        ("2200-01-01", None),
        ("0001-01-01 00:00:00+23:00", None),
        ("yesterday", None),
    ],
)
def test_row_times(tmp_path: Path, text: str, expected: dt.datetime | None) -> None:
    house = land(tmp_path, CLICKS, f"client,event,at\n1,e,{text}\n")
    totals = house.ingest().totals
    assert [row["event_at"] for row in house.events()] == ([] if expected is None else [expected])
    assert (totals.events_read, totals.events_quarantined) == (1, 0 if expected else 1)


def test_a_time_without_offset_is_in_the_mappings_zone(tmp_path: Path) -> None:
    mapping = RowMapping(
        record="event",
        user=(("mpid", "id"),),
        time=TimeMapping("at", "%d/%m/%Y %H:%M", "Europe/Paris"),
        event=Constant("e"),
    )
    house = land(tmp_path, mapping, "id,at\n1,01/07/2018 12:00\n1,01/01/2018 12:00\n")
    house.ingest()
    assert [row["event_at"].hour for row in house.events()] == [11, 10]


def test_rows_of_one_receipt_are_the_lines_of_one_purchase(tmp_path: Path) -> None:
    house = land(
        tmp_path,
        SALES,
        "household,sold_at,receipt,sku,price,units,amount,store,promo\n"
        "h1,2018-01-01 12:00:00,r1,s1,1.10,1,1.10,X,yes\n"
        "h2,2018-01-01 12:00:00,r2,s1,1.10,1,01.10,X,\n"
        "h1,2018-01-01 12:00:00,r1,s2,2,3,6.000000000000000001,X,\n"
        "h3,2018-01-01 12:00:00,r1,s2,2,3,6,X,\n",
    )
    totals = house.ingest().totals
    assert (totals.records_read, totals.records_parsed, totals.events_read, totals.events_kept) == (
        4,
        4,
        3,
        3,
    )
    first, second, third = sorted(house.events(), key=lambda row: row["source_line"])
    assert (first["event_type"], first["event_name"], first["transaction_id"]) == (
        "commerce_event",
        "purchase",
        "r1",
    )
    assert first["total_amount"] == "7.100000000000000001"
    assert first["attributes"] == {"store": "X"}
    assert [(product["id"], product["quantity"], product["attributes"]) for product in first["products"]] == [
        ("s1", "1", {"promo": "yes"}),
        ("s2", "3", None),
    ]
    assert (first["login_identity"], third["login_identity"]) == ("customer_id:h1", "customer_id:h3")
    assert second["total_amount"] == "01.10"
    assert {row["value"] for row in house.said("identity")} == {"h1", "h2", "h3"}


def test_a_receipt_without_user_goes_to_quarantine_line_by_line(tmp_path: Path) -> None:
    house = land(
        tmp_path,
        SALES,
        "household,sold_at,receipt,sku,price,units,amount\n"
        ",2018-01-01 12:00:00,r1,s1,1,1,1\n"
        ",2018-01-01 12:00:00,r1,s2,1,1,1\n",
    )
    totals = house.ingest().totals
    assert (totals.records_read, totals.records_quarantined) == (2, 2)
    assert (totals.events_read, totals.events_quarantined) == (1, 1)
    assert [entry["line"] for entry in house.quarantine()] == [2, 3]


def test_event_id_columns_identify_the_event(tmp_path: Path) -> None:
    mapping = RowMapping(
        record="event", user=(("mpid", "u"),), event=Constant("e"), event_id=("a", "b"), attributes=("x",)
    )
    house = land(tmp_path, mapping, "u,a,b,x,y\n1,1,,q,w\n1,1,,q,other\n1,1,2,q,w\n")
    totals = house.ingest().totals
    assert (totals.events_kept, totals.events_duplicate, totals.events_conflicting) == (2, 1, 1)
    assert sorted(row["event_id"] for row in house.events()) == ['["1","2"]', '["1",null]']
    assert {str(row["attributes"]) for row in house.events()} == {"{'x': 'q'}"}


def test_equal_rows_are_as_many_events_and_the_same_in_another_file(tmp_path: Path) -> None:
    house = land(tmp_path, CLICKS, "client,event,at\n1,e,2018-01-01\n1,e,2018-01-01\n")
    house.land("b.csv", b"client,event,at\n1,e,2018-01-01\n", source="till")
    totals = house.ingest().totals
    assert (totals.events_kept, totals.events_duplicate) == (2, 1)


def test_an_empty_cell_of_a_user_row_takes_away(tmp_path: Path) -> None:
    house = land(tmp_path, PEOPLE, "id,mail,at,plan,Größe\n7,,2018-01-01,,L\n8,x@example.com,,free,\n")
    house.ingest()

    def said(line: int) -> list[tuple[Any, ...]]:
        rows = [row for row in house.said() if row["source_line"] == line]
        return [(row["statement"], row["name"], row["value"], row["is_removed"]) for row in rows]

    assert said(2) == [
        ("identity", "customer_id", "7", False),
        ("identity", "email", None, True),
        ("attribute", "plan", None, True),
        ("attribute", "Größe", "L", False),
        ("seen", None, None, False),
    ]
    assert {row["said_at"] for row in house.said() if row["source_line"] == 3} == {dt.datetime(2018, 2, 1)}


def test_bad_csv_rows_go_to_quarantine_one_by_one(tmp_path: Path) -> None:
    house = land(
        tmp_path,
        CLICKS,
        b"\xef\xbb\xbfclient,event,at\r\n"
        b"1,a,2018-01-01\r\n"
        b"2,b\r\n"
        b'"3"x,c,2018-01-01\r\n'
        b"\r\n"
        b"4,\xff,2018-01-01\r\n"
        b",d,2018-01-01\r\n"
        b"5,,2018-01-01\r\n"
        b'6,"never closed,2018-01-01\r\n'
        b"7,g,2018-01-01",
    )
    totals = house.ingest().totals
    assert (totals.records_read, totals.records_parsed) == (8, 2)
    assert [(entry["line"], entry["code"]) for entry in house.quarantine()] == [
        (3, "field_count"),
        (4, "not_csv"),
        (6, "not_utf8"),
        (7, "no_user"),
        (8, "no_event_name"),
        (9, "not_csv"),
    ]
    assert [row["event_name"] for row in house.events()] == ["a", "g"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("client,event\n1,a\n", "columns_missing"),
        ("client,event,at,at\n", "column_twice"),
        (b"client,\0event,at\n", "not_text"),
        (b"client,\xffevent,at\n", "bad_header"),
    ],
)
def test_a_csv_whose_header_does_not_fit_is_rejected_whole(
    tmp_path: Path, content: str | bytes, code: str
) -> None:
    house = land(tmp_path, CLICKS, content)
    assert [file.status for file in house.ingest().files] == ["rejected"]
    assert [entry["code"] for entry in house.quarantine()] == [code]


def test_an_empty_csv_has_no_records(tmp_path: Path) -> None:
    assert land(tmp_path, CLICKS, "").ingest().totals.records_read == 0


def parquet(columns: dict[str, pa.Array]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def test_parquet_values_become_exact_text(tmp_path: Path) -> None:
    utc = pa.timestamp("ns", "UTC")
    content = parquet(
        {
            "client": pa.array([-(2**63)], pa.int64()),
            "event": pa.array(["e"]).dictionary_encode(),
            "at": pa.array([dt.datetime(2018, 1, 1, 12)], pa.timestamp("ns")),
            "double": pa.array([8.0]),
            "float": pa.array([0.1], pa.float32()),
            "small": pa.array([-7], pa.int8()),
            "yes": pa.array([True]),
            "money": pa.array([Decimal("1.50")]),
            "day": pa.array([dt.date(2018, 1, 2)]),
            "zoned": pa.array([1_514_808_000_000_000_001], pa.int64()).cast(utc),
            "list": pa.array([["a", None, "é"]]),
            "null": pa.array([None], pa.string()),
            "empty": pa.array([""]),
            "struct": pa.array([{"a": 1}]),
        }
    )
    house = House(tmp_path, CLICKS, "parquet")
    house.land("a.parquet", content, source="till")
    house.ingest()
    (row,) = house.events()
    assert (row["mpid"], row["event_at"]) == (-(2**63), dt.datetime(2018, 1, 1, 12))
    assert row["attributes"] == {
        "double": "8.0",
        "float": "0.1",
        "small": "-7",
        "yes": "true",
        "money": "1.50",
        "day": "2018-01-02",
        "zoned": "2018-01-01 12:00:00Z",
        "list": '["a",null,"é"]',
        "struct": '{"a":1}',
    }


def test_a_list_of_a_user_row_keeps_its_elements(tmp_path: Path) -> None:
    content = parquet(
        {
            "id": pa.array(["1"]),
            "mail": pa.array([None], pa.string()),
            "at": pa.array([dt.date(2018, 1, 1)]),
            "tags": pa.array([["a", None]]),
        }
    )
    house = House(tmp_path, PEOPLE, "parquet")
    house.land("a.parquet", content, source="till")
    house.ingest()
    (row,) = house.said("attribute")
    assert (row["elements"], row["said_at"]) == (["a", None], dt.datetime(2018, 1, 1))


def test_a_broken_parquet_file_is_rejected_whole(tmp_path: Path) -> None:
    house = House(tmp_path, CLICKS, "parquet")
    house.land("a.parquet", b"PAR1 not really", source="till")
    assert [file.status for file in house.ingest().files] == ["rejected"]
    assert [entry["code"] for entry in house.quarantine()] == ["not_parquet"]
