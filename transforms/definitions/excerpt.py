"""The part of a YAML file that writes one audience, as it is shown to people who may not see identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from transforms.criteria.leaf import MASK
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator

_IDENTITY = "identity"
#: What stands beside an identity's operators and says nothing of anybody.
_SHOWN = frozenset({"type", "workspace", "exists"})


def audience_excerpt(text: str) -> str:
    """The text of a file of audiences/, as it is written but for the identities that its criteria name."""
    return _spliced(text, 0, len(text), _hidden(_root(text)))


def milestone_excerpts(text: str) -> dict[str, str]:
    """The mapping of each milestone in the text of a file of journeys/, likewise, without the milestones below it."""
    found: dict[str, str] = {}
    waiting = [_value(_root(text), "milestones")]
    while waiting:
        level = waiting.pop()
        for node in level.value if isinstance(level, yaml.SequenceNode) else ():
            name, below = _value(node, "milestone"), _value(node, "next")
            if name is None:
                raise InternalError("a milestone without an id was read")
            waiting.append(below)
            cut = [
                (key.start_mark.index, value.end_mark.index, "")
                for key, value in node.value
                if value is below
            ]
            begin, end = node.start_mark.index, node.end_mark.index
            shown = _spliced(text, begin, end, [*_hidden(node), *cut])
            margin = " " * node.start_mark.column
            lines = (line.removeprefix(margin) for line in shown.rstrip().splitlines())
            found[str(name.value)] = "\n".join(lines) + "\n"
    return found


def _root(text: str) -> yaml.Node:
    # The file was read as a definition before: it holds one document of plain mappings, lists and scalars.
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        raise InternalError("a file of definitions is empty")
    return node


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every mapping in a node, itself first, in the order written."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.MappingNode):
            yield one
            waiting.extend(value for _, value in reversed(one.value))
        elif isinstance(one, yaml.SequenceNode):
            waiting.extend(reversed(one.value))


def _value(node: yaml.Node, name: str) -> yaml.Node | None:
    return next((value for key, value in node.value if key.value == name), None)


def _hidden(node: yaml.Node) -> list[tuple[int, int, str]]:
    """Where identities are written, and what is shown there."""
    return [
        (scalar.start_mark.index, scalar.end_mark.index, f'"{MASK}"')
        for mapping in _mappings(node)
        for key, value in mapping.value
        if key.value == _IDENTITY and isinstance(value, yaml.MappingNode)
        for name, compared in value.value
        if name.value not in _SHOWN
        for scalar in _scalars(compared)
    ]


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    match node:
        case yaml.ScalarNode():
            yield node
        case yaml.SequenceNode():
            for one in node.value:
                yield from _scalars(one)
        case yaml.MappingNode():
            for _, value in node.value:
                yield from _scalars(value)


def _spliced(text: str, begin: int, end: int, spans: list[tuple[int, int, str]]) -> str:
    """The text from `begin` to `end` with these spans replaced; a span inside another one goes with it."""
    pieces: list[str] = []
    at = begin
    for first, last, shown in sorted(set(spans)):
        if first >= at:
            written = text[first:last]
            pieces += [text[at:first], shown, written[len(written.rstrip()) :] if shown else ""]
            at = last
    return "".join([*pieces, text[at:end]])
