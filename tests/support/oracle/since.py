"""Since when somebody is a member (spec §4.4, §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.oracle.conditions import in_window
from tests.support.oracle.values import duration

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import StoredAudience

_HISTORY = "400 days"


def of_members_since(body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    """Members by the definition, who are in since an instant for which all operators hold."""
    operators = {name: operand for name, operand in body.items() if name != "in"}
    runs = scope.runs(body["in"])
    return {
        mpid
        for mpid in population & set(scope.members(body["in"]))
        if all(
            in_window(name, operand, since_of(mpid, runs, scope.as_of), scope.as_of)
            for name, operand in operators.items()
        )
    }


def since_of(mpid: int, runs: list[tuple[datetime, frozenset[int]]], as_of: datetime) -> datetime:
    """The first as_of of the unbroken run that ends at `as_of`, at which the user is a member."""
    since = as_of
    for instant, members in reversed(runs):
        if mpid not in members:
            break
        since = instant
    return since


def stored_before(
    stored: dict[datetime, dict[str, StoredAudience]],
    definition: dict[str, Any],
    audience_id: str,
    as_of: datetime,
    settings: dict[str, Any],
) -> list[tuple[datetime, frozenset[int]]]:
    """Each as_of before this one at which the audience was calculated, ascending, with its members; under its id or
    the one that it formerly had.
    """
    history = settings.get("membership_history", _HISTORY)
    names = [audience_id, definition.get("formerly")]
    found: list[tuple[datetime, frozenset[int]]] = []
    for instant in sorted(stored, reverse=True):
        is_kept = history == "unlimited" or instant >= as_of - duration(history)
        calculated = stored[instant]
        present = [name for name in names if name in calculated]
        if instant < as_of and is_kept and present:
            found.insert(0, (instant, calculated[present[0]].members))
            names = [present[0], calculated[present[0]].formerly]
    return found
