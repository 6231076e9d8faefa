"""What else computes the same audiences: one query an audience, over files in the order in which events happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.benchmarks.audiences import BenchAudience, Look


@dataclass(frozen=True)
class Peer:
    """Another way, and the members that it finds for each audience, each mpid once."""

    name: str
    sizes: Callable[[Path, tuple[BenchAudience, ...], datetime], dict[str, int]]


def duckdb_sizes(folder: Path, audiences: tuple[BenchAudience, ...], as_of: datetime) -> dict[str, int]:
    """DuckDB, one query an audience."""
    with duckdb.connect() as connection:
        connection.execute(f"create view events as from read_parquet('{folder}/events.parquet')")
        return {
            audience.id: len(connection.execute(audience.query(), {"as_of": as_of}).fetchnumpy()["mpid"])
            for audience in audiences
        }


def chdb_sizes(folder: Path, audiences: tuple[BenchAudience, ...], as_of: datetime) -> dict[str, int]:
    """ClickHouse's engine, one query an audience."""
    # Only `make bench` installs it.
    import chdb  # pyright: ignore[reportMissingImports]

    table = f"file('{folder}/events.parquet', Parquet)"
    instant = f"toDateTime64('{as_of:%Y-%m-%d %H:%M:%S}', 6, 'UTC')"
    found = {}
    for audience in audiences:
        query = audience.query().replace("from events", f"from {table}").replace("$as_of", instant)
        found[audience.id] = int(
            str(chdb.query(f"select count() from ({query}) settings cast_keep_nullable = 1", "CSV")).strip()
        )
    return found


def polars_sizes(folder: Path, audiences: tuple[BenchAudience, ...], as_of: datetime) -> dict[str, int]:
    """Lazy frames of polars, one an audience."""
    events = pl.scan_parquet(folder / "events.parquet")

    def members(look: Look) -> pl.LazyFrame:
        kept = events.filter(
            pl.col("event_type") == look.event_type,
            pl.col("event_name") == look.name,
            pl.col("event_at") >= as_of - timedelta(days=look.days),
            pl.col("event_at") < as_of,
        )
        if look.where is not None:
            key, value = look.where
            kept = kept.filter(pl.col("attributes").map.get(key).str.to_lowercase() == value.lower())
        amount = pl.len() if look.amount is None else pl.col(look.amount).cast(pl.Decimal(18, 4)).sum()
        return (
            kept.group_by("mpid").agg(amount=amount).filter(pl.col("amount") >= look.at_least).select("mpid")
        )

    found = {}
    for audience in audiences:
        frame = members(audience.kept)
        if audience.removed is not None:
            frame = frame.join(members(audience.removed), on="mpid", how="anti")
        found[audience.id] = frame.collect(engine="streaming").height
    return found


NAIVE = Peer("one DuckDB query an audience, file in time order", duckdb_sizes)
PEERS = (
    NAIVE,
    Peer("one query an audience in ClickHouse's engine (chdb)", chdb_sizes),
    Peer("one polars lazy frame an audience", polars_sizes),
)
