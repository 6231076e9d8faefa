"""The memberships of earlier instants in a generated world: what runs before this one stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.support.oracle.records import StoredAudience
from tests.support.publications import publication
from tests.support.world_files import ENDS
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.support.oracle.records import World

#: What may have been calculated: audiences and milestones that generated projects have, by their ids.
AUDIENCES = 120
_MILESTONES = [
    f"j{journey}__m{place}{below}" for journey in (0, 1) for place in range(3) for below in ("", "_0", "_1")
]
_BEFORE = (
    timedelta(hours=5),
    *(timedelta(days=days) for days in (1, 2, 3, 7, 8, 14, 45)),
    timedelta(days=3, microseconds=1),
)


def was_renamed(number: int) -> bool:
    """Whether an audience of this number is stored under a former id alone."""
    return number % 3 == 0


def former_id(number: int) -> str:
    """The id under which it is then stored last."""
    return f"earlier_{number}"


def with_memberships(world: World, as_of: datetime, seed: int) -> World:
    """The world with memberships stored at some instants before `as_of`, and how long they count."""
    random = Random(f"memberships {seed}")
    sent = {int(landed.batch["mpid"]) for landed in world.landing if landed.batch.get("mpid") is not None}
    mpids = sorted(sent | {int(end) for end in ENDS})
    instants = sorted(as_of - before for before in random.sample(_BEFORE, 6))
    stored: dict[datetime, dict[str, StoredAudience]] = {instant: {} for instant in instants}
    for names in _names():
        share, members = random.choice([0.0, 0.2, 0.5, 0.9]), set[int]()
        for place, instant in enumerate(instants):
            # Most stay what they were, so that there are runs of several instants.
            members ^= {mpid for mpid in mpids if random.random() < (share if place == 0 else 0.15)}
            if random.random() < 0.8:
                newest = place >= len(instants) // 2
                former = names[1] if newest and len(names) > 1 else None
                kept = frozenset() if random.random() < 0.05 else frozenset(members)
                stored[instant][names[0 if newest else -1]] = StoredAudience(kept, former)
    history = random.choice([{}, {}, {"membership_history": "10 days"}, {"membership_history": "unlimited"}])
    return replace(world, settings={**world.settings, **history}, stored=stored)


def _names() -> Iterator[tuple[str, ...]]:
    """The ids of each audience that may be stored, its newest first."""
    yield ("played",)
    yield from ((milestone,) for milestone in _MILESTONES)
    for number in range(AUDIENCES):
        yield (former_id(number), f"earliest_{number}") if was_renamed(number) else (f"a{number:03d}",)


def write_memberships(data: Path, world: World) -> None:
    """Publish what is stored, below `data`."""
    store = open_store(data / "published")
    for instant, audiences in world.stored.items():
        members = {audience_id: set(found.members) for audience_id, found in audiences.items()}
        formerly = {
            audience_id: found.formerly
            for audience_id, found in audiences.items()
            if found.formerly is not None
        }
        publish(store, publication(instant, members, formerly=formerly))
