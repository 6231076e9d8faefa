"""What a run has to calculate (spec §6), by following the words of the definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def needed(
    audiences: list[dict[str, Any]], journeys: list[dict[str, Any]], active: Iterable[str]
) -> set[str]:
    """The active audiences and, until nothing is added, what each of them needs."""
    needs = {audience["audience"]: set(_named(audience["criteria"])) for audience in audiences}
    for journey in journeys:
        _add_milestones(needs, journey["journey"], journey["milestones"], None)
    found: set[str] = set()
    new = set(active)
    while new:
        found |= new
        new = set().union(*(needs[one] for one in new)) - found
    return found


def _add_milestones(
    needs: dict[str, set[str]], journey: str, siblings: list[dict[str, Any]], parent: str | None
) -> None:
    # The remaining one is the last: those before it are all its siblings.
    before: set[str] = set()
    for milestone in siblings:
        audience_id = f"{journey}__{milestone['milestone']}"
        above = set() if parent is None else {parent}
        needs[audience_id] = above | before | set(_named(milestone.get("criteria", {})))
        before = before | {audience_id}
        _add_milestones(needs, journey, milestone.get("next", []), audience_id)


def _named(criteria: Any) -> Iterator[str]:
    """The audiences that criteria name."""
    match criteria:
        case dict():
            for key, inside in criteria.items():
                if key == "audience":
                    yield inside.get("in") or inside["not_in"]
                else:
                    yield from _named(inside)
        case list():
            for inside in criteria:
                yield from _named(inside)
