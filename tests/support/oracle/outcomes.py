"""Who of the users of an A/B test has an outcome, counted after the assignment (spec §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support.oracle.criteria import evaluate
from tests.support.oracle.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.support.oracle.criteria import Scope


def with_outcome(criteria: dict[str, Any], scope: Scope, entered: Mapping[int, datetime]) -> set[int]:
    """A world in which only the assigned live, and what they did began when they entered.

    How long a session lasted is told by its end, under whichever user that lies.
    """
    events = [
        (mpid, event)
        for mpid, event in scope.known.events
        if event.event_type == "session_end" or (mpid in entered and event.at >= entered[mpid])
    ]
    profiles = {(scope.workspaces[0], mpid): Profile(at, at) for mpid, at in entered.items()}
    return evaluate(criteria, replace(scope, known=replace(scope.known, events=events, profiles=profiles)))
