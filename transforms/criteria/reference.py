"""The reference of the language for analysts, from the records that read it and make its JSON Schema."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from transforms.criteria.counterparts import TOPICS
from transforms.criteria.kinds.table import KINDS
from transforms.criteria.operators.table import OPERATORS
from transforms.criteria.operators.versions import VERSION_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.counterparts import Counterpart, Topic
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
_COUNTERPARTS = """
## Coming from mParticle

What its audiences ask, and what asks the same here. `milepost import-audience` translates definitions in its public
schema by itself.
"""


def language_reference() -> str:
    """The page as Markdown: every kind with its summary, keys and examples, every operator, then the counterparts."""
    kinds = "\n".join("\n".join(_section(kind)) for kind in KINDS)
    operators = f"{_OPERATORS}{_rows(OPERATORS)}{_VERSIONS}{_rows(VERSION_OPERATORS)}"
    return f"{_HEAD}\n{kinds}\n{operators}{_COUNTERPARTS}{''.join(map(_topic, TOPICS))}"


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


def _topic(topic: Topic) -> str:
    rows = "".join(map(_counterpart, topic.counterparts))
    return f"\n### {topic.name}\n\n| there | here | |\n| --- | --- | --- |\n{rows}"


def _counterpart(counterpart: Counterpart) -> str:
    here = f"`{counterpart.here}`" if counterpart.here else "–"
    return f"| {counterpart.there} | {here} | {counterpart.note} |\n"
