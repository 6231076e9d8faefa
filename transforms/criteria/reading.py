"""Reads the parts that all criteria are written with, and reports what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.meant import suggestion
from transforms.documents.nodes import Mapping, Node, Scalar, Sequence
from transforms.documents.readers import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transforms.documents.report import Report

#: The keys that say what a criterion is about, before all others.
_TELLING = (
    "name",
    "action",
    "attribute",
    "os",
    "type",
    "in",
    "city",
    "publisher",
    "wait",
    "at_most",
    "within",
)


def read_mapping(
    node: Node,
    what: str,
    known: Iterable[str],
    report: Report,
    elsewhere: Callable[[str], str] | None = None,
) -> Mapping | None:
    """`node` as a mapping of known keys with at least one, or None with a problem.

    `elsewhere` says of a key that is not known what to do with it, where it has a place somewhere else.
    """
    names = tuple(known)
    if not isinstance(node, Mapping):
        message = f"{what} takes keys and values, found {describe(node)}"
        report.add("CRT-001", message, node, allowed=names, hint=_form(what, names))
        return None
    if not node.entries:
        report.add("CRT-003", f"{what} is empty", node, allowed=names)
        return None
    for entry in node.entries:
        name = entry.key.text
        if name not in names:
            hint = (elsewhere(name) if elsewhere else "") or suggestion(name, names)
            report.add("CRT-002", f"unknown key `{name[:80]}` in {what}", entry.key, allowed=names, hint=hint)
    return node


def has_unknown(mapping: Mapping, known: Iterable[str]) -> bool:
    """Whether a key is not known: it was told of, and what is missing may be what it should have been."""
    names = set(known)
    return any(entry.key.text not in names for entry in mapping.entries)


def _form(what: str, names: tuple[str, ...]) -> str:
    """How a mapping of these keys is written: with the key that says most."""
    if not what.startswith("`"):
        return ""
    key = next((name for name in _TELLING if name in names), names[0])
    return f"such as `{what.strip('`')}: {{{key}: …}}`"


def read_list(node: Node, what: str, report: Report, form: str = "") -> tuple[Node, ...]:
    """The items of a list with at least one; none, with a problem, where it is not one. `form` says how it is written."""
    if not isinstance(node, Sequence):
        message = f"{what} takes a list, found {describe(node)}"
        report.add("CRT-001", message, node, hint=form or "write each item on a line that begins with `- `")
        return ()
    if not node.items:
        hint = "write an item, or leave the key out: nothing is neither everyone nor no one"
        report.add("CRT-003", f"{what} is empty", node, hint=hint)
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
        hint = suggestion(found, names)
        report.add("CRT-006", f"unknown {what} `{found[:80]}`", node, allowed=names, hint=hint)
        return None
    return found
