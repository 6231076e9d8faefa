"""DuckDB as a calculator over parquet files: nothing is kept, and memory is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

_MEMORY = "1GB"


def calculator(spill: Path, *, keeps_order: bool = True, memory: str = _MEMORY) -> duckdb.DuckDBPyConnection:
    """A database in memory; what goes beyond `memory` is written below `spill`, a folder made only then.

    Without a folder of our own DuckDB would make `.tmp` where the command was called. Nothing is fetched over the
    network. `keeps_order`: rows that no query orders stay in the order in which they were read, which takes memory.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(spill),
            "preserve_insertion_order": keeps_order,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    # The engine takes a process that another one spawned for a terminal, and would draw bars into its log.
    connection.execute("set enable_progress_bar = false")
    return connection


def quoted(name: str) -> str:
    """A name as the engine takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
