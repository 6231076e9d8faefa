"""Criteria over rows of a user: positives hold together on one row, each negative on none (spec §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.values import Value


def users_by_rows(
    rows: Callable[[], exp.Select], value: Value, comparisons: tuple[Comparison, ...]
) -> exp.Query:
    """The users for whom all comparisons hold; `rows` selects the `mpid` of every row that counts."""
    positives = [comparison.holds(value) for comparison in comparisons if not comparison.is_negative]
    negatives = [comparison.positive(value) for comparison in comparisons if comparison.is_negative]
    kept = sql.where(rows(), positives).distinct(copy=False) if positives else sql.population()
    return sql.without(kept, *(sql.where(rows(), [negative]) for negative in negatives))
