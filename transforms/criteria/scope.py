"""What a criterion sees: the audience's workspaces, inputs, lookback and lifetime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.documents.durations import Duration


@dataclass(frozen=True)
class Scope:
    """An audience's own limits. Inputs are written `workspace/input`; None for a length means unlimited.

    `hidden_events` are the event names whose tier in milepost.yml is not `personalize` (spec §4.3). `has_rollups`: the
    models of events by day are there to be read (Rollup), as in what dbt runs; else events alone are.
    """

    workspaces: tuple[str, ...]
    inputs: tuple[str, ...]
    lookback: Duration | None
    profile_lifetime: Duration | None
    hidden_events: tuple[str, ...] = ()
    has_rollups: bool = False
