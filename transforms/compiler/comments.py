"""Text of users in comments of generated files: on one line, and nothing in it that SQL or Jinja would read."""

from __future__ import annotations

import re

_LONGEST = 140
#: Pairs that open or close something in SQL or Jinja; a space between the two makes them plain text.
_PAIRS = re.compile(r"\{(?=[{%#])|[}%#](?=\})|\*(?=/)|/(?=\*)")


def comment_text(text: str) -> str:
    """`text` as it can stand in a comment; what is too long ends in `…`."""
    line = re.sub(r"\s+", " ", "".join(each if each.isprintable() else " " for each in text)).strip()
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return _PAIRS.sub(lambda pair: pair[0] + " ", cut)
