"""What to do about YAML that can't be read: the parsers say what they expected, and seldom what to write."""

from __future__ import annotations

import re

#: What is found in a parser's words, and what to do; the first that is found counts.
_HINTS = (
    (r"'\\t'|\t|tab", "indent with spaces: YAML takes no tabs there"),
    (r"character '([@`%|>*&!])'", "text that begins with `{0}` needs quotes: `\"{0}…\"`"),
    (r"expected ',' or|did not find expected ',' or", "a bracket is not closed, a comma is missing, or text needs quotes"),
    (r"mapping values are not allowed", "text with `: ` in it needs quotes; otherwise look at the indentation"),
    (r"expected ':'", "a colon and a space stand between a key and its value"),
    (r"end of stream|end of the stream|unexpected end", "a quote or a bracket is not closed"),
    (r"<block end>|block mapping|block collection|block end", "lines that belong together begin in the same column"),
    (r"escape", "in double quotes `\\` is written `\\\\`; single quotes keep it as it is"),
)  # fmt: skip


def yaml_hint(problem: str) -> str:
    """What most often is wrong where a parser says `problem`; empty where that is not known."""
    for pattern, hint in _HINTS:
        found = re.search(pattern, problem)
        if found is not None:
            return hint.replace("{0}", found[1]) if found.groups() else hint
    return ""
