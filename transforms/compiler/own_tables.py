"""The common tables that a query brings become those of the model that it is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator


def take_own_tables(name: str, query: exp.Query) -> Iterator[tuple[str, exp.Query]]:
    """Take the common tables out of `query`, which is called `name`: each as `<name>__<table>`, where they are read too."""
    own = query.args.get("with_")
    if own is None:
        return
    query.set("with_", None)
    tables = {table.alias: table.this for table in own.expressions}
    for each in (query, *tables.values()):
        for read in each.find_all(exp.Table):
            if read.name in tables:
                read.set("this", exp.to_identifier(f"{name}__{read.name}"))
    for alias, table in tables.items():
        yield f"{name}__{alias}", table
