"""Reads the parts that all criteria are written with, and reports what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.documents.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.documents.report import Report


def read_mapping(node: Node, what: str, known: Iterable[str], report: Report) -> Mapping | None:
    """`node` as a mapping of known keys with at least one, or None with a problem."""
    names = tuple(known)
    if not isinstance(node, Mapping):
        report.add("CRT-001", f"{what} takes keys and values", node, allowed=names)
        return None
    if not node.entries:
        report.add("CRT-003", f"{what} is empty", node, allowed=names)
        return None
    for entry in node.entries:
        if entry.key.text not in names:
            report.unknown("CRT-002", f"key of {what}", entry.key.text, entry.key, names)
    return node


def read_list(node: Node, what: str, report: Report) -> tuple[Node, ...]:
    """The items of a list with at least one; none, with a problem, where it is not one."""
    if not isinstance(node, Sequence):
        report.add(
            "CRT-001", f"{what} takes a list", node, hint="write each item on a line that begins with `- `"
        )
        return ()
    if not node.items:
        report.add("CRT-003", f"{what} is empty", node)
    return node.items


def read_text(node: Node, what: str, report: Report) -> str | None:
    """The text of a scalar as it is written, or None with a problem."""
    if not isinstance(node, Scalar):
        report.add("CRT-006", f"{what} takes one value", node)
        return None
    if node.is_null:
        report.add("CRT-006", f"{what} has no value", node, hint='write `""` for empty text')
        return None
    if "\0" in node.text or any("\ud800" <= character <= "\udfff" for character in node.text):
        report.add("CRT-006", f"{what} has a character that no text can hold (NUL or half a pair)", node)
        return None
    return node.text


def read_name(node: Node | None, what: str, parent: Node, report: Report) -> str | None:
    """Text that must be there and not be empty, or None with a problem."""
    if node is None:
        report.add("CRT-004", f"{what} is missing", parent)
        return None
    found = read_text(node, what, report)
    if found == "":
        report.add("CRT-006", f"{what} is empty", node)
        return None
    return found


def read_choice(node: Node, what: str, choices: Iterable[str], report: Report) -> str | None:
    """One of `choices`, or None with a problem that names the nearest."""
    names = tuple(choices)
    found = read_text(node, what, report)
    if found is not None and found not in names:
        report.unknown("CRT-006", what, found, node, names)
        return None
    return found
