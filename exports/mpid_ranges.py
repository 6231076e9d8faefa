"""Members in parts, by ranges of mpids: what is sorted and put into rows at once does not grow with an audience."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    import duckdb

#: Of a few hundred bytes each: with more at once memory would grow, with fewer a table is looked through more often.
ROWS = 2_000_000
#: Of whom all that is known is put together.
MEMBERS = 1_000_000
_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class MpidRange:
    """The mpids from the first to the last, both among them."""

    first: int = _LEAST
    last: int = _MOST

    def holds(self) -> exp.Expr:
        """Whether the column mpid is one of them."""
        return exp.column("mpid").between(self.first, self.last)


def mpid_ranges(connection: duckdb.DuckDBPyConnection, table: str, *, rows: int) -> tuple[MpidRange, ...]:
    """Ranges that hold every mpid, in their order, each with about `rows` rows of a table; at least one."""
    parts = ceil(len(connection.table(table)) / rows)
    if parts <= 1:
        return (MpidRange(),)
    fractions = exp.Array(expressions=[exp.convert(part / parts) for part in range(1, parts)])
    # As floating point: 64 bits at their ends would overflow on the way back.
    mpid = exp.cast(exp.column("mpid"), "double")
    quantiles = exp.select(exp.Anonymous(this="approx_quantile", expressions=[mpid, fractions])).from_(table)
    [[found]] = connection.execute(quantiles.sql(dialect="duckdb")).fetchall()
    lasts = sorted({int(bound) for bound in found if _LEAST <= int(bound) < _MOST})
    firsts = (_LEAST, *(last + 1 for last in lasts))
    return tuple(map(MpidRange, firsts, (*lasts, _MOST)))
