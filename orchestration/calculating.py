"""What the run that holds the lease is calculating now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.lease import current_holder
from transforms.audiences.activation import to_calculate

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions


def being_calculated(settings: Settings, definitions: Definitions) -> tuple[str, ...]:
    """The audiences that a living run calculates; none where no run is at work.

    A run says with its command whether it calculates everything.
    """
    holder = current_holder(settings.data)
    if holder is None:
        return ()
    return to_calculate(definitions, everything="--all" in holder.command.split())
