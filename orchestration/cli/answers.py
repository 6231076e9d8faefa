"""How commands that read put their answers: plain tables, JSON, ages."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from transforms.errors import Problem, UserError
from transforms.instants import iso, read_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

#: What stands where nothing is known: never 0.
UNKNOWN = "–"


def print_json(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def say(line: str) -> None:
    """What is no part of the answer: to stderr."""
    click.echo(line, err=True)


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[object]], numbers: frozenset[str] = frozenset()
) -> None:
    """The lines of `table_lines`, printed."""
    for line in table_lines(header, rows, numbers):
        click.echo(line)


def table_lines(
    header: Sequence[str], rows: Sequence[Sequence[object]], numbers: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Columns as wide as their widest cell, `numbers` to the right."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    for row in cells:
        parts = [
            text.rjust(width) if name in numbers else text.ljust(width)
            for name, text, width in zip(header, row, widths, strict=True)
        ]
        yield "  ".join(parts).rstrip()


def _cell(value: object) -> str:
    match value:
        case None | "":
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.4f}"
        case datetime():
            return iso(value)
        case tuple() | list():
            return ", ".join(map(str, value)) or UNKNOWN
        case _:
            return str(value)


def age_in_words(age: timedelta) -> str:
    """`3 days`, in the largest unit that gives at least 2; nothing is ever younger than `0 minutes`."""
    minutes = max(0, int(age.total_seconds() // 60))
    for size, name in ((1440, "days"), (60, "hours")):
        if minutes >= 2 * size:
            return f"{minutes // size} {name}"
    return f"{minutes} minutes"


def instant_option(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """Reads an option that is an instant; UserError (exit status 2) where it is none."""
    del context
    if text is None:
        return None
    instant = read_instant(text)
    if instant is None:
        message = f"`--{(option.name or '').replace('_', '-')} {text}` is no instant"
        allowed = ("2018-01-01", "2018-01-01T06:00:00Z", "2018-01-01 06:00:00.5+02:00")
        raise UserError(Problem("CLI-001", message, allowed=allowed))
    return instant
