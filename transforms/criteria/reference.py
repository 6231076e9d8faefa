"""The reference of the language for analysts, from the records that read it and make its JSON Schema."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from transforms.criteria.kinds.table import KINDS
from transforms.criteria.operators.table import OPERATORS
from transforms.criteria.operators.versions import VERSION_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.kinds.kind import Kind
    from transforms.criteria.operators.operator import Operator

#: Where the page lies, below the project folder.
PLACE = "docs/criteria.md"

_HEAD = """\
# Criteria

Written by Milepost from the code that reads criteria; `pytest --update-golden` writes it anew.

A criterion denotes a set of users. `all` takes the users of every item, `any` those of at least one, `none` the
population less those of its items, and `exclude` beside other keys takes users away from what these give. Keys beside
one another in one mapping are joined by `all`. A negative is the exact complement of its positive, for the user: users
of whom nothing is known are in it.
"""
_OPERATORS = """\
## Operators

`x: v` is short for `x: {exact: v}`. Text is compared without regard to case. Several operators on one value all have
to hold. Operators of dates are the windows of event criteria, too.

| operator | its complement | reads the value as | holds when the value |
| --- | --- | --- | --- |
"""
_VERSIONS = """\

Below `version:`, where a missing part is 0 (`2.10` is over `2.9`):

| operator | its complement | reads the value as | holds when the value |
| --- | --- | --- | --- |
"""


def language_reference() -> str:
    """The page as Markdown: every kind with its summary, keys and examples, then every operator."""
    kinds = "\n".join("\n".join(_section(kind)) for kind in KINDS)
    return f"{_HEAD}\n{kinds}\n{_OPERATORS}{_rows(OPERATORS)}{_VERSIONS}{_rows(VERSION_OPERATORS)}"


def _section(kind: Kind) -> Iterator[str]:
    yield f"## `{kind.key}`\n"
    yield f"{kind.summary}\n"
    keys = kind.schema().get("properties")
    if keys:
        yield f"Keys: {', '.join(f'`{key}`' for key in keys)}.\n"
    for example in kind.examples:
        yield f"```yaml\n{dedent(example).strip()}\n```\n"


def _rows(operators: Iterable[Operator]) -> str:
    return "".join(
        f"| `{operator.name}` | {f'`{operator.negative}`' if operator.negative else ''} "
        f"| {operator.reading} | {operator.words} … |\n"
        for operator in operators
    )
