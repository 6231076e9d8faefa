"""Takes entries out of the connections of a file, and leaves every other line as it is written, comments included.

Where the list is in flow style (`connections: [{…}]`) an entry has no lines of its own: UserError EDT-001 says where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.item_lines import end_of_item, with_comments
from transforms.documents.nodes import Mapping, Scalar, Sequence
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import Place, Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Collection


def without_connections(text: str, file: str, connection_ids: Collection[str]) -> str:
    """The text of a valid file of connections without the entries of these ids."""
    report = Report()
    tree = read_yaml(text, file, report)
    if not isinstance(tree, Mapping):
        raise UserError(*report.errors)
    entry = next((one for one in tree.entries if one.key.text == "connections"), None)
    if entry is None or not isinstance(entry.value, Sequence):
        return text
    lines = text.splitlines(keepends=True)
    gone = [item for item in entry.value.items if _id(item) in connection_ids]
    for item in reversed(gone):
        first = (item.place.line or 1) - 1
        body = lines[first].lstrip(" ")
        if not body.startswith("- "):
            raise UserError(
                Problem(
                    "EDT-001",
                    "this list of connections is in flow style, which is not edited",
                    Place(file, first + 1),
                    hint="write each connection on lines of its own, beginning with `-`",
                )
            )
        indent = len(lines[first]) - len(body)
        end = end_of_item(lines, first, indent)
        del lines[with_comments(lines, first, indent) : end]
    if gone and len(gone) == len(entry.value.items):
        lines[(entry.key.place.line or 1) - 1] = "connections: []\n"
    return "".join(lines)


def _id(item: object) -> str | None:
    found = item.get("connection") if isinstance(item, Mapping) else None
    return found.text if isinstance(found, Scalar) else None
