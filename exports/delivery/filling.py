"""Requests as they are posted: what a file leaves in braces is filled in.

By position alone: places in the body and whole segments of the path. A member whose own id reads `{audience}` is sent
as that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

from exports.partners.api import Filled
from exports.partners.json_places import with_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from exports.partners.api import Slot


def filled_path(path: str, values: Mapping[Filled, str]) -> str:
    """The path with each `{name}` in a segment filled; what fills it can't leave its segment."""
    for name, value in values.items():
        # Dots alone would be a step in the path.
        segment = "".join("%2E" for _ in value) if set(value) <= {"."} else quote(value, safe="")
        path = path.replace(f"{{{name}}}", segment)
    return path


def filled_body(body: Any, slots: Iterable[Slot], values: Mapping[Filled, str]) -> Any:
    """The body with its slots filled."""
    for slot in slots:
        value = values[slot.name]
        content = int(value) if slot.is_number and value.isdecimal() else value
        body = with_value(body, slot.place, lambda _, content=content: content)
    return body


def names_in(path: str, slots: Iterable[Slot]) -> frozenset[Filled]:
    """What a request has to be filled with."""
    in_path = {name for name in get_args(Filled) if f"{{{name}}}" in path}
    return frozenset((*in_path, *(slot.name for slot in slots)))
