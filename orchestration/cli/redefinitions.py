"""Says beside a size that it is one of a definition that has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.definition_hashes import definition_hashes
from transforms.audiences.redefined import redefined

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions


def redefined_since(
    settings: Settings, definitions: Definitions, generation: Generation | None, as_of: datetime | None
) -> dict[str, tuple[str, ...]]:
    """Of each audience that was calculated at a stored as_of, the definitions that have changed since."""
    if generation is None or as_of is None:
        return {}
    return redefined(definitions, definition_hashes(settings, definitions), generation.calculated(as_of))


def redefined_in_words(audience_id: str, changed: Collection[str]) -> str:
    """`definition changed since`; with names where it is what the audience reads; empty where nothing changed."""
    if not changed:
        return ""
    if audience_id in changed:
        return "definition changed since"
    return f"definition of {', '.join(changed)} changed since"
