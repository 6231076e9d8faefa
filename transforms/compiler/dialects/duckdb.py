"""DuckDB, the embedded default."""

from __future__ import annotations

from transforms.compiler.dialects.dialect import Dialect

DUCKDB = Dialect(
    name="duckdb",
    sqlglot_name="duckdb",
    identifier_limit=None,
    integer_type="bigint",
    text_type="varchar",
    text_list_type="varchar[]",
)
