"""Which lines of a YAML file are an item of a list, whose first line begins with a dash after `indent` spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_comments(lines: Sequence[str], first: int, indent: int) -> int:
    """The line where the comments just above an item begin: they are of it."""
    while first > 0 and lines[first - 1].startswith(" " * indent + "#"):
        first -= 1
    return first


def end_of_item(lines: Sequence[str], first: int, indent: int) -> int:
    """After the last line of an item; empty lines and comments that stand no deeper than its dash are not its own."""
    end = first + 1
    for place in range(first + 1, len(lines)):
        line = lines[place]
        body = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if not body or (body.startswith("#") and depth <= indent):
            continue
        if depth <= indent:
            break
        end = place + 1
    return end
