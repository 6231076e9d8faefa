"""What an import writes below `criteria`: groups, criteria, and the places of what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transforms.importing.findings import Finding


@dataclass(frozen=True)
class Written:
    """One criterion: its key and value, and keys that stand beside them. Values are text, numbers, dates, booleans,
    lists and mappings of them.
    """

    entries: dict[str, Any]


@dataclass(frozen=True)
class Group:
    """`all`, `any` or `none` of its items."""

    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class LeftOut:
    """Where something was that is not translated."""

    findings: tuple[Finding, ...]


Item = Written | Group | LeftOut


def criterion(key: str, value: Any) -> Written:
    """A criterion of one key."""
    return Written({key: value})


def group(key: str, items: tuple[Item, ...]) -> Item:
    """The items joined; one item of `all` or `any` stands for itself, and a group in one of its own key is opened."""
    flat: list[Item] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Group) and item.key == key and key != "none" else (item,))
    return flat[0] if len(flat) == 1 and key != "none" else Group(key, tuple(flat))


def short(operators: dict[str, Any]) -> Any:
    """`{exact: v}` as analysts write it: `v`."""
    return operators["exact"] if list(operators) == ["exact"] else operators


def left_out(item: Item) -> tuple[Finding, ...]:
    """Everything that is not translated, in the order written."""
    match item:
        case LeftOut():
            return item.findings
        case Group():
            return tuple(finding for child in item.items for finding in left_out(child))
        case Written():
            return ()


def pruned(item: Item) -> Item:
    """The item with every group of which nothing is left as one LeftOut in its place."""
    if not isinstance(item, Group):
        return item
    items = tuple(map(pruned, item.items))
    if all(isinstance(child, LeftOut) for child in items):
        return LeftOut(tuple(finding for child in items for finding in left_out(child)))
    return Group(item.key, items)
