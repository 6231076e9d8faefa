"""Criteria over rows of a user: positives hold together on one row, each negative on none (spec §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlglot import exp

    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.values import Value


def users_by_rows(
    rows: Callable[[], exp.Select], value: Value, comparisons: tuple[Comparison, ...]
) -> exp.Query:
    """The users for whom all comparisons hold; `rows` selects the `mpid` of every row that counts."""
    return users_by_values(rows, ((value, comparisons),))


def users_by_values(
    rows: Callable[[], exp.Select],
    compared: tuple[tuple[Value, tuple[Comparison, ...]], ...],
    also: Iterable[exp.Expr] = (),
) -> exp.Query:
    """The same over several values of a row, each with its comparisons; `also` are conditions of one more positive."""
    pairs = [(value, comparison) for value, comparisons in compared for comparison in comparisons]
    positives = [comparison.holds(value) for value, comparison in pairs if not comparison.is_negative]
    negatives = [comparison.positive(value) for value, comparison in pairs if comparison.is_negative]
    positives.extend(also)
    kept = sql.where(rows(), positives).distinct(copy=False) if positives else sql.population()
    return sql.without(kept, *(sql.where(rows(), [negative]) for negative in negatives))
