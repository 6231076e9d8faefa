"""A data folder with landing files, and batches with defaults that a test names where they matter."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.definitions.records import Input, RowMapping
from transforms.errors import Place
from transforms.ingest.run import ingest

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.ingest.counts import IngestReport

#: 2018-01-01 12:00:00 UTC.
NOON = 1_514_808_000_000
DAY = 86_400_000
#: When landing files arrive unless a test says otherwise: 2018-02-01 00:00:00 UTC, in seconds.
ARRIVAL = 1_517_443_200


def event(name: str = "Play", *, at: Any = NOON, id: Any = None, **data: Any) -> dict[str, Any]:
    """A custom event; `at=None` leaves its time out."""
    times = {} if at is None else {"timestamp_unixtime_ms": at}
    ids = {} if id is None else {"event_id": id}
    return {"event_type": "custom_event", "data": {"event_name": name, **times, **ids, **data}}


def typed_event(event_type: str, *, at: Any = NOON, **data: Any) -> dict[str, Any]:
    """An event of any type."""
    return {"event_type": event_type, "data": {"timestamp_unixtime_ms": at, **data}}


def batch(*events: Any, mpid: Any = 1, **fields: Any) -> dict[str, Any]:
    """A batch of production; `mpid=None` leaves it out."""
    user = {} if mpid is None else {"mpid": mpid}
    return {"environment": "production", **user, "events": list(events), **fields}


def lines(*documents: Any) -> bytes:
    """One document a line."""
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


@dataclass
class House:
    """A data folder with the input `shop/ios` (batches) and `shop/till` (rows), and what ingest makes of it."""

    data: Path
    mapping: RowMapping | None = None
    row_format: str = "csv"
    ip_geolocation: str | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        ios = Input("shop", "ios", "platform", "batches", None, None, Place("milepost.yml"))
        if self.mapping is None:
            return (ios,)
        till = Input("shop", "till", "feed", self.row_format, None, self.mapping, Place("milepost.yml"))  # type: ignore[arg-type]
        return (ios, till)

    def land(self, path: str, content: bytes, *, arrival: int = ARRIVAL, source: str = "ios") -> Path:
        file = self.data / "landing" / "shop" / source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (arrival, arrival))
        return file

    def ingest(self, *, logins: tuple[str, ...] = ("customer_id",)) -> IngestReport:
        return ingest(self.inputs, self.data, logins, self.ip_geolocation)

    def rows(self, table: str) -> list[dict[str, Any]]:
        files = sorted((self.data / "lake" / table).glob("*/*.parquet"))
        return pa.concat_tables(pq.ParquetFile(file).read() for file in files).to_pylist(
            maps_as_pydicts="strict"
        )

    def events(self) -> list[dict[str, Any]]:
        return self.rows("events")

    def said(self, statement: str | None = None) -> list[dict[str, Any]]:
        """Statements in the order of writing."""
        found = [row for row in self.rows("users") if statement in (None, row["statement"])]
        order = ("said_at", "received_at", "input", "source_path", "source_line", "position")
        return sorted(found, key=lambda row: tuple(row[name] for name in order))

    def quarantine(self) -> list[dict[str, Any]]:
        return [
            json.loads(line)
            for file in sorted((self.data / "quarantine").glob("*.jsonl"))
            for line in file.read_bytes().splitlines()
        ]

    def bytes_of(self, *folders: str) -> dict[str, bytes]:
        """Every file below the folders, by its path."""
        return {
            file.relative_to(self.data).as_posix(): file.read_bytes()
            for folder in folders
            for file in sorted((self.data / folder).rglob("*"))
            if file.is_file()
        }

    def lake(self) -> dict[str, bytes]:
        return self.bytes_of("lake/events", "lake/users", "quarantine", "ledger")
