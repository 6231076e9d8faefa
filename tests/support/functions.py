"""The warehouse functions of the dbt project, without dbt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_FUNCTIONS = Path(__file__).parents[2] / "dbt_project" / "macros" / "functions"
_STATEMENT = re.compile(
    r"{% macro duckdb__(create_\w+)\(\) %}\s*(create or replace macro.*?;)\s*{% endmacro %}", re.DOTALL
)
_CALL = re.compile(r"{{ duckdb__(create_\w+)\(\) }}")


def install_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every warehouse function on the connection, in the order in which dbt does."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(_FUNCTIONS.glob("*.sql"))}
    statements = {name: text for file in texts.values() for name, text in _STATEMENT.findall(file)}
    order = _CALL.findall(texts["create_functions.sql"])
    assert sorted(order) == sorted(statements)
    for name in order:
        connection.execute(statements[name])
