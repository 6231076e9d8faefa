"""Text of users in comments of generated files: on one line, and nothing in it that SQL or Jinja would read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable

_Query = TypeVar("_Query", bound=exp.Query)
_LONGEST = 140
#: Pairs that open or close something in SQL or Jinja; a space between the two makes them plain text.
_PAIRS = re.compile(r"\{(?=[{%#])|[}%#](?=\})|\*(?=/)|/(?=\*)")


def comment_text(text: str) -> str:
    """`text` as it can stand in a comment; what is too long ends in `…`."""
    line = re.sub(r"\s+", " ", "".join(each if each.isprintable() else " " for each in text)).strip()
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return _PAIRS.sub(lambda pair: pair[0] + " ", cut)


def commented(query: _Query, lines: Iterable[str]) -> _Query:
    """`query` with lines of plain words on top of its first select."""
    first: exp.Expr = query
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    first.comments = [comment_text(line) for line in lines]
    return query
