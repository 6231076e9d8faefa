"""DuckDB as a calculator over parquet files: nothing is kept, and memory is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

_MEMORY = "1GB"


def calculator(spill: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory; what goes beyond 1 GB is written below `spill`, a folder made only then.

    Without a folder of our own DuckDB would make `.tmp` where the command was called.
    """
    return duckdb.connect(
        config={"memory_limit": _MEMORY, "temp_directory": str(spill), "autoinstall_known_extensions": False}
    )


def quoted(name: str) -> str:
    """A name as the engine takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
