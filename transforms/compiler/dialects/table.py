"""Every target of the compiler. A new one is a file here and an entry in this tuple."""

from __future__ import annotations

from transforms.compiler.dialects.duckdb import DUCKDB

DIALECTS = (DUCKDB,)
