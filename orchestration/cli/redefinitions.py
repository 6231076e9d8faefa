"""Says beside a size that it is one of a definition that has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def redefined_in_words(audience_id: str, changed: Collection[str]) -> str:
    """`definition changed since`; with names where it is what the audience reads; empty where nothing changed."""
    if not changed:
        return ""
    if audience_id in changed:
        return "definition changed since"
    return f"definition of {', '.join(changed)} changed since"
