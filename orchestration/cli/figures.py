"""The table that a run ends with: every audience calculated, with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import print_json, print_table
from orchestration.faults import faulted
from orchestration.summary import Row, summary
from transforms.audiences.activation import active_count
from transforms.audiences.generations import open_store
from transforms.errors import InternalError
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions

_HEADER = ("audience", "name", "size", "adds", "drops", "volatility", "state")
_NUMBERS = frozenset({"size", "adds", "drops", "volatility"})


def figure_rows(
    settings: Settings, definitions: Definitions, as_of: datetime | None
) -> tuple[datetime, tuple[Row, ...]]:
    """The rows of a stored as_of, by default the newest; a run has to have been published."""
    generation = open_store(settings.published).current()
    shown = as_of or (generation.newest if generation else None)
    if generation is None or shown is None:
        raise InternalError("a run is over and nothing is published")
    audiences = {one.audience_id for one in faulted(settings, definitions)}
    return shown, summary(definitions, generation, shown, audiences)


def print_figures(as_of: datetime, rows: tuple[Row, ...]) -> None:
    """A table for people."""
    click.echo(f"as of {iso(as_of)}")
    cells = [
        (
            "  " * row.depth + row.audience,
            row.name,
            row.size,
            row.adds,
            row.drops,
            None if row.volatility is None else f"{row.volatility:.1%}",
            row.state,
        )
        for row in rows
    ]
    print_table(_HEADER, cells, _NUMBERS)


def figures_as_json(definitions: Definitions, as_of: datetime, rows: tuple[Row, ...]) -> dict[str, Any]:
    """The same for programs, with how many audiences are active."""
    return {
        "as_of": iso(as_of),
        **active_as_json(definitions),
        "audiences": [vars(row) for row in rows],
    }


def active_as_json(definitions: Definitions) -> dict[str, int]:
    """How many audiences are active, for programs."""
    count = active_count(definitions)
    return {
        "active_audiences": count.active,
        "active_audience_limit": count.limit,
        "available_audiences": count.available,
    }


def active_in_words(definitions: Definitions) -> str:
    """How many audiences are active, for people."""
    count = active_count(definitions)
    return f"{count.active} of {count.limit} audiences active, {count.available} available"


def _calculated_in_words(definitions: Definitions, rows: tuple[Row, ...]) -> str:
    every = len(definitions.audiences)
    if len(rows) == every:
        return f"all {every} audiences calculated"
    return f"{len(rows)} of {every} audiences calculated, `milepost run --all` calculates everything"


def answer_figures(
    settings: Settings, definitions: Definitions, as_of: datetime | None, *, as_json: bool
) -> None:
    """Print the figures of `as_of`, or of the newest one."""
    shown, rows = figure_rows(settings, definitions, as_of)
    if as_json:
        print_json(figures_as_json(definitions, shown, rows))
    else:
        print_figures(shown, rows)
        click.echo(f"{_calculated_in_words(definitions, rows)}; {active_in_words(definitions)}", err=True)
