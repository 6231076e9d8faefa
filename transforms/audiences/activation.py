"""Which audiences are active, what a run calculates, and the state that is shown (spec §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from transforms.criteria.language import calculated_attributes, named_lists, referenced_audiences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions

#: `orphaned`: stored, and its definition was taken out of the YAML (spec §3).
State = Literal["draft", "faulted", "active", "calculating", "calculated", "estimated", "orphaned"]


@dataclass(frozen=True)
class ActiveCount:
    """How many audiences are active, of at most `limit`. Those that are calculated for others do not count."""

    active: int
    limit: int

    @property
    def available(self) -> int:
        """How many more can be."""
        return max(0, self.limit - self.active)


def connections_of(definitions: Definitions, audience_id: str) -> tuple[Connection, ...]:
    """The connections of an audience or of one of its variants, active or not, in the order written."""
    return definitions.connections_by_audience.get(audience_id, ())


def active_audiences(definitions: Definitions) -> tuple[str, ...]:
    """The audiences that have an active connection, or one of whose variants has; in the definitions' order."""
    connected = {
        audience_id
        for connection in definitions.connections
        if connection.is_active
        for audience_id in connection.audiences
    }
    return tuple(audience.id for audience in definitions.audiences if audience.id in connected)


def active_count(definitions: Definitions) -> ActiveCount:
    """The active audiences against `active_audience_limit`."""
    return ActiveCount(len(active_audiences(definitions)), definitions.project.active_audience_limit)


def needed_by(audience: Audience) -> tuple[str, ...]:
    """The audiences that have to be calculated before this one, without repetition.

    Its parent, its earlier siblings (all siblings for a remaining one), and those that its criteria name.
    """
    named = referenced_audiences(audience.criteria) if audience.criteria is not None else ()
    parent = (audience.parent,) if audience.parent is not None else ()
    siblings = audience.siblings if audience.is_remaining else audience.earlier_siblings
    return tuple(dict.fromkeys((*parent, *siblings, *(reference.audience for reference in named))))


def needed_lists(definitions: Definitions) -> tuple[str, ...]:
    """The lists that criteria name, sorted."""
    criteria = (audience.criteria for audience in definitions.audiences if audience.criteria is not None)
    return tuple(sorted({named.name for criterion in criteria for named in named_lists(criterion)}))


def to_calculate(
    definitions: Definitions, *, everything: bool = False, also: Iterable[str] = ()
) -> tuple[str, ...]:
    """What a run calculates: the active audiences, those that it is `also` asked for and all they need, or `everything`.

    Each audience comes after those that it needs, else in the definitions' order.
    """
    everyone = tuple(audience.id for audience in definitions.audiences)
    return with_needed(definitions, everyone if everything else (*active_audiences(definitions), *also))


def attributes_to_calculate(
    definitions: Definitions, audiences: Iterable[str], *, everything: bool = False
) -> tuple[str, ...]:
    """The calculated attributes that the criteria of these audiences name or that an active connection sends with them, or
    `everything`; sorted.

    Of the audiences all that they need has to be among them.
    """
    if everything:
        return tuple(sorted(attribute.id for attribute in definitions.attributes))
    chosen = set(audiences)
    criteria = [definitions.audience(audience_id).criteria for audience_id in chosen]
    named = (calculated_attributes(found) for found in criteria if found is not None)
    sent = {
        name.lower()
        for connection in definitions.connections
        if connection.is_active and not chosen.isdisjoint(connection.audiences)
        for name in connection.user_attributes
    }
    known = {attribute.id for attribute in definitions.attributes}
    return tuple(
        sorted({reference.attribute for references in named for reference in references} | sent & known)
    )


def with_needed(definitions: Definitions, wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted audiences and all that they need, transitively, each after those that it needs."""
    # Depth first, without recursion: a chain of audiences may be longer than Python's stack.
    needs: dict[str, tuple[str, ...]] = {}
    done: dict[str, None] = {}
    waiting = list(wanted)[::-1]
    while waiting:
        audience_id = waiting[-1]
        if audience_id not in needs:
            needs[audience_id] = needed_by(definitions.audience(audience_id))
        missing = [needed for needed in needs[audience_id] if needed not in done]
        if audience_id in done or not missing:
            done[audience_id] = None
            waiting.pop()
        else:
            waiting.extend(reversed(missing))
    return tuple(done)


def state_of(
    definitions: Definitions,
    audience: Audience,
    *,
    faulted: Collection[str] = (),
    calculating: Collection[str] = (),
    calculated: Collection[str] = (),
) -> State:
    """The first state of spec §6 that applies.

    `faulted` are the audiences that a connection could not deliver; `calculating` those that a run is at work on;
    `calculated` those of the newest stored as_of.
    """
    connections = connections_of(definitions, audience.id)
    if audience.is_draft:
        return "draft"
    if audience.id in faulted:
        return "faulted"
    if any(connection.is_active for connection in connections):
        return "active"
    if audience.id in calculating:
        return "calculating"
    return "calculated" if audience.id in calculated else "estimated"
