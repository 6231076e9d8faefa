"""The text of a definition under another id, with every other line as it is written.

What belongs to the one that is copied is left out: `formerly`, and the `external_name` that partners know it by. Where
one of these shares its line with others it is not edited: UserError EDT-008 says where.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from transforms.documents.nodes import Mapping, Sequence
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.documents.nodes import Entry

_NOT_COPIED = ("formerly", "external_name")
#: Below these keys of a journey are milestones.
_MILESTONES = ("milestones", "next")


def cloned(text: str, file: str, kind: Literal["audience", "journey"], old: str, new: str) -> str:
    """The text of the valid definition `old`, that of `file`, as the definition `new`.

    Milestones of a journey that name each other name those of the copy.
    """
    report = Report()
    tree = read_yaml(text, file, report)
    if not isinstance(tree, Mapping):
        raise UserError(*report.errors)
    lines = text.splitlines(keepends=True)
    for entry in tree.entries:
        if entry.key.text == kind:
            place = (entry.key.place.line or 1) - 1
            lines[place] = re.sub(
                rf"(\b{kind}[\"']?\s*:\s*[\"']?){old}\b", rf"\g<1>{new}", lines[place], count=1
            )
    # From the end, so that the lines of the others stay where they are.
    for entry in sorted(_not_copied(tree), key=lambda one: -(one.key.place.line or 0)):
        _take_out(lines, entry)
    copy = "".join(lines)
    return copy if kind == "audience" else re.sub(rf"\b{old}__", f"{new}__", copy)


def _not_copied(definition: Mapping) -> Iterator[Entry]:
    """The entries that are left out, of the definition and of its milestones."""
    for entry in definition.entries:
        if entry.key.text in _NOT_COPIED:
            yield entry
        elif entry.key.text in _MILESTONES and isinstance(entry.value, Sequence):
            for milestone in entry.value.items:
                if isinstance(milestone, Mapping):
                    yield from _not_copied(milestone)


def _take_out(lines: list[str], entry: Entry) -> None:
    """Remove the line of a key, and those that its value goes on in: they stand deeper."""
    first = (entry.key.place.line or 1) - 1
    indent = _indent(lines[first])
    if not re.match(rf" *{entry.key.text} *:", lines[first]):
        raise UserError(
            Problem(
                "EDT-008",
                f"`{entry.key.text}` is not copied, and shares its line with others",
                entry.key.place,
                hint="write it on a line of its own, not the first of its milestone",
            )
        )
    end = first + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > indent:
        end += 1
    del lines[first:end]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
