"""Edits of a journey's file that leave every other line as it is written, comments and order included.

Lines are added and taken away; what is written in flow style (`next: [{milestone: a}]`) has no lines of its own for
each milestone, so it is not edited: UserError EDT-001 says where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.definitions.item_lines import end_of_item, with_comments
from transforms.documents.nodes import Mapping, Scalar, Sequence
from transforms.documents.report import Report, nearest
from transforms.documents.yaml import read_yaml
from transforms.errors import Place, Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.documents.nodes import Node


@dataclass(frozen=True)
class MilestoneLines:
    """A milestone in its file: lines from `first` up to `end`, counted from 0, the dash after `indent` spaces.

    `list_line` is that of the key (`milestones:` or `next:`) below which it stands.
    """

    id: str
    first: int
    end: int
    indent: int
    list_line: int
    parent: str | None
    is_remaining: bool
    following: tuple[MilestoneLines, ...]

    @property
    def all(self) -> Iterator[MilestoneLines]:
        """This one and all that follow it."""
        yield self
        for one in self.following:
            yield from one.all


class JourneyText:
    """The text of a journey's file, which is valid, and its milestones."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._file = file
        report = Report()
        tree = read_yaml(text, file, report)
        if not isinstance(tree, Mapping):
            raise UserError(*report.errors)
        self._tree = tree
        self.milestones = self._milestones(tree, "milestones", None)

    def milestone(self, milestone: str) -> MilestoneLines:
        """The milestone of this id in the journey; UserError EDT-002 where there is none."""
        every = [found for one in self.milestones for found in one.all]
        for one in every:
            if one.id == milestone:
                return one
        near = nearest(milestone, [one.id for one in every])
        raise UserError(
            Problem(
                "EDT-002",
                f"the journey has no milestone `{milestone}`",
                Place(self._file),
                allowed=tuple(one.id for one in every),
                hint=f"did you mean `{near}`?" if near else "",
            )
        )

    def with_milestone(self, lines: list[str], under: str | None, before: str | None) -> str:
        """The text with a milestone of these lines, the first without its dash: before another one, else as the last
        path but a remaining one.
        """
        parent = None if under is None else self.milestone(under)
        siblings = self.milestones if parent is None else parent.following
        if not siblings:
            return self._with_first(lines, parent)
        following = next((one for one in siblings if one.is_remaining), None)
        if before is not None:
            following = self.milestone(before)
            if following not in siblings:
                raise UserError(
                    Problem(
                        "EDT-003",
                        f"`{before}` is not a path of {f'`{under}`' if under else 'the beginning of the journey'}",
                        Place(self._file, following.first + 1),
                        allowed=tuple(one.id for one in siblings),
                    )
                )
        at = (
            siblings[-1].end
            if following is None
            else with_comments(self._lines, following.first, siblings[0].indent)
        )
        return self._inserted(at, lines, siblings[0].indent)

    def without_milestone(self, milestone: str) -> str:
        """The text without a milestone, and without the key of its list where it was the only one in it."""
        found = self.milestone(milestone)
        siblings = self.milestones if found.parent is None else self.milestone(found.parent).following
        kept = list(self._lines)
        first = with_comments(self._lines, found.first, found.indent)
        del kept[first : found.end]
        if len(siblings) == 1:
            if found.parent is None:
                kept[found.list_line] = "milestones: []\n"
            else:
                del kept[found.list_line]
        return "".join(kept)

    def _with_first(self, lines: list[str], parent: MilestoneLines | None) -> str:
        if parent is not None:
            indent = parent.indent + 2
            return self._inserted(parent.end, [f"{' ' * indent}next:\n", *_item(lines, indent + 2)])
        entry = next((one for one in self._tree.entries if one.key.text == "milestones"), None)
        place = None if entry is None else entry.key.place.line
        if place is None:
            return self._inserted(len(self._lines), ["milestones:\n", *_item(lines, 2)])
        kept = list(self._lines)
        kept[place - 1 : place] = ["milestones:\n", *_item(lines, 2)]
        return "".join(kept)

    def _inserted(self, at: int, lines: list[str], indent: int | None = None) -> str:
        before = self._lines[:at]
        if before and not before[-1].endswith("\n"):
            before[-1] += "\n"
        added = lines if indent is None else _item(lines, indent)
        return "".join((*before, *added, *self._lines[at:]))

    def _milestones(self, mapping: Mapping, key: str, parent: str | None) -> tuple[MilestoneLines, ...]:
        entry = next((one for one in mapping.entries if one.key.text == key), None)
        if entry is None or not isinstance(entry.value, Sequence):
            return ()
        list_line = (entry.key.place.line or 1) - 1
        return tuple(self._found(node, list_line, parent) for node in entry.value.items)

    def _found(self, node: Node, list_line: int, parent: str | None) -> MilestoneLines:
        first = (node.place.line or 1) - 1
        line = self._lines[first]
        body = line.lstrip(" ")
        named = node.get("milestone") if isinstance(node, Mapping) else None
        if not body.startswith("- ") or not isinstance(named, Scalar) or not isinstance(node, Mapping):
            raise UserError(
                Problem(
                    "EDT-001",
                    "this list of milestones is in flow style, which is not edited",
                    Place(self._file, first + 1),
                    hint="write each milestone on lines of its own, beginning with `- milestone:`",
                )
            )
        remaining = node.get("remaining")
        indent = len(line) - len(body)
        return MilestoneLines(
            id=named.text,
            first=first,
            end=end_of_item(self._lines, first, indent),
            indent=indent,
            list_line=list_line,
            parent=parent,
            is_remaining=isinstance(remaining, Scalar) and remaining.boolean is True,
            following=self._milestones(node, "next", named.text),
        )


def _item(lines: list[str], indent: int) -> list[str]:
    """Lines as an item of a list, with a dash after `indent` spaces."""
    first, *others = lines
    return [f"{' ' * indent}- {first}\n", *(f"{' ' * (indent + 2)}{line}\n" for line in others)]
