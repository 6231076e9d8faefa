"""What a change of definitions would do: the members by the definitions before it and after it, over the same data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from transforms.audiences.activation import active_audiences, needed_by
from transforms.audiences.stored import find_audience
from transforms.compiler.attributes import attribute_query
from transforms.compiler.models import definition_hash
from transforms.criteria.language import calculated_attributes, named_lists
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions

#: `follows`: its own definition is as it was, and something that it reads is not, so that its members change.
Kind = Literal["new", "changed", "follows", "removed"]
ConnectionKind = Literal["starts", "sends", "stops"]
Mpids = np.ndarray[Any, np.dtype[np.int64]]
_NOBODY: Mpids = np.empty(0, np.int64)
_NOT_DESCRIBED = {"place", "criteria", "earlier_siblings", "siblings"}
_HAND_WRITTEN = Problem(
    "plan-by-hand", "its SQL is written by hand and was changed, so only a run can tell its members"
)


@dataclass(frozen=True)
class Side:
    """The definitions on one side of a change, and what they are made of beside the YAML.

    `members` gives the mpids of an audience, sorted, each with its variant (None where no test runs): UserError where
    they can't be told. `lists` and `by_hand` are digests, of each list and of each model that an analyst has taken over;
    `others` one of all else that decides about everybody: the project's own models and the settings that they read.
    """

    definitions: Definitions
    members: Callable[[str], tuple[Mpids, tuple[str | None, ...]]]
    lists: dict[str, str]
    by_hand: dict[str, str]
    others: str = ""


@dataclass(frozen=True)
class Moved:
    """So many members of a milestone would be in a sibling of it."""

    source: str
    target: str
    members: int


@dataclass(frozen=True)
class PlannedAudience:
    """What becomes of one audience. `before` and `after` are sizes, None on the side where it is not defined or where
    its members can't be told, for which `problem` says why.

    `reassigned` members stay and get another variant. `described` are the keys that changed without changing who is
    in it.
    """

    id: str
    kind: Kind
    before: int | None
    after: int | None
    adds: int | None = None
    drops: int | None = None
    reassigned: int = 0
    described: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class PlannedConnection:
    """What a connection would send of one audience: how many members now and then, and how many come and go."""

    id: str
    audience_id: str
    variant: str | None
    output: str
    kind: ConnectionKind
    before: int | None
    after: int | None
    adds: int | None
    drops: int | None


@dataclass(frozen=True)
class Plan:
    """All that would change; empty where nothing would. Audiences are in the order of the definitions, removed ones last."""

    audiences: tuple[PlannedAudience, ...]
    moves: tuple[Moved, ...]
    connections: tuple[PlannedConnection, ...]
    unchanged: int
    active_before: int
    active_after: int
    limit: int

    @property
    def is_empty(self) -> bool:
        """Whether the change does nothing."""
        return not self.audiences and not self.connections


class Comparison:
    """Two sides, whose members are asked for once each."""

    def __init__(self, before: Side, after: Side) -> None:
        self._before = before
        self._after = after
        self._known: dict[tuple[bool, str], tuple[Mpids, tuple[str | None, ...]] | Problem] = {}
        self._was = {audience.id: audience for audience in before.definitions.audiences}
        self._is = {audience.id: audience for audience in after.definitions.audiences}
        self._changed = self._changed_ids()

    def plan(self) -> Plan:
        """Everything that would change."""
        audiences = tuple(self._audiences())
        return Plan(
            audiences=audiences,
            moves=tuple(self._moves({one.id for one in audiences if one.kind in ("changed", "follows")})),
            connections=tuple(self._connections()),
            unchanged=len(self._was.keys() | self._is.keys()) - len(audiences),
            active_before=len(active_audiences(self._before.definitions)),
            active_after=len(active_audiences(self._after.definitions)),
            limit=self._after.definitions.project.active_audience_limit,
        )

    def who(self, audience_id: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Who would enter an audience and who would leave it, sorted; UserError where that can't be told, and for an
        audience of neither side.
        """
        if audience_id not in self._was:
            find_audience(self._after.definitions, audience_id)
        before = _told(self._members(audience_id, was=True))
        after = _told(self._members(audience_id, was=False))
        return tuple(np.setdiff1d(after, before).tolist()), tuple(np.setdiff1d(before, after).tolist())

    def _changed_ids(self) -> frozenset[str]:
        """Audiences of both sides whose own meaning differs; then all that read one of them, on either side."""
        both = self._was.keys() & self._is.keys()
        if self._before.others != self._after.others:
            return frozenset(self._was.keys() | self._is.keys())
        attributes = self._changed_attributes()
        own = {one for one in both if self._differs(one, attributes)}
        own |= self._was.keys() ^ self._is.keys()
        for audiences in (self._was, self._is):
            readers: dict[str, list[str]] = {}
            for audience in audiences.values():
                for needed in needed_by(audience):
                    readers.setdefault(needed, []).append(audience.id)
            waiting = list(own)
            while waiting:
                for reader in readers.get(waiting.pop(), ()):
                    if reader not in own:
                        own.add(reader)
                        waiting.append(reader)
        return frozenset(own)

    def _changed_attributes(self) -> frozenset[str]:
        sides = [
            {one.id: attribute_query(one, side.definitions.project) for one in side.definitions.attributes}
            for side in (self._before, self._after)
        ]
        return frozenset(
            one for one in sides[0].keys() | sides[1].keys() if sides[0].get(one) != sides[1].get(one)
        )

    def _differs(self, audience_id: str, attributes: frozenset[str]) -> bool:
        """Whether its own SQL, a list or attribute that it names, or what an analyst wrote for it differs."""
        if self._before.by_hand.get(audience_id) != self._after.by_hand.get(audience_id):
            return True
        if audience_id in self._after.by_hand:
            return False
        was, now = self._was[audience_id], self._is[audience_id]
        if was.is_remaining and now.is_remaining:
            # What remains is the same in whatever order the others come.
            return _left_by(was) != _left_by(now)
        if definition_hash(was, self._before.definitions.project) != definition_hash(
            now, self._after.definitions.project
        ):
            return True
        if now.criteria is None:
            return False
        lists = {named.name for named in named_lists(now.criteria)}
        return any(self._before.lists.get(one) != self._after.lists.get(one) for one in lists) or any(
            reference.attribute in attributes for reference in calculated_attributes(now.criteria)
        )

    def _audiences(self) -> Iterator[PlannedAudience]:
        attributes = self._changed_attributes()
        for audience in self._is.values():
            was = self._was.get(audience.id)
            described = () if was is None else _described(was, audience)
            if was is None:
                yield self._planned(audience.id, "new", ())
            elif described or (audience.id in self._changed and self._differs(audience.id, attributes)):
                yield self._planned(audience.id, "changed", described)
            elif audience.id in self._changed:
                planned = self._planned(audience.id, "follows", ())
                if planned.adds or planned.drops or planned.reassigned or planned.problem:
                    yield planned
        for audience_id in self._was.keys() - self._is.keys():
            yield self._planned(audience_id, "removed", ())

    def _planned(self, audience_id: str, kind: Kind, described: tuple[str, ...]) -> PlannedAudience:
        was, now = self._members(audience_id, was=True), self._members(audience_id, was=False)
        problem = next((one for one in (now, was) if isinstance(one, Problem)), None)
        before = None if isinstance(was, Problem) or audience_id not in self._was else len(was[0])
        after = None if isinstance(now, Problem) or audience_id not in self._is else len(now[0])
        if isinstance(was, Problem) or isinstance(now, Problem):
            return PlannedAudience(audience_id, kind, before, after, described=described, problem=problem)
        adds, drops = _difference(was[0], now[0])
        variants = dict(zip(was[0].tolist(), was[1], strict=True)) if any(was[1]) and any(now[1]) else {}
        reassigned = sum(
            1
            for mpid, variant in zip(now[0].tolist(), now[1], strict=True)
            if variants.get(mpid, variant) != variant
        )
        return PlannedAudience(audience_id, kind, before, after, adds, drops, reassigned, described)

    def _moves(self, affected: set[str]) -> Iterator[Moved]:
        """Between milestones below one parent, which share nobody on either side."""
        for source in self._was.values():
            if source.id not in affected or source.journey is None:
                continue
            for target in self._is.values():
                is_sibling = (source.journey, source.parent) == (target.journey, target.parent)
                if not is_sibling or target.id == source.id or target.id not in self._changed:
                    continue
                was, now = self._members(source.id, was=True), self._members(target.id, was=False)
                if not isinstance(was, Problem) and not isinstance(now, Problem):
                    members = len(np.intersect1d(was[0], now[0], assume_unique=True))
                    if members:
                        yield Moved(source.id, target.id, members)

    def _connections(self) -> Iterator[PlannedConnection]:
        was = _sent(self._before.definitions)
        now = _sent(self._after.definitions)
        for key in dict.fromkeys((*now, *was)):
            connection_id, audience_id = key
            connection = now.get(key) or was[key]
            kind: ConnectionKind = "starts" if key not in was else "stops" if key not in now else "sends"
            is_other = kind == "sends" and was[key].variant != now[key].variant
            if kind == "sends" and audience_id not in self._changed and not is_other:
                continue
            before = self._sent_members(was.get(key), audience_id, was=True)
            after = self._sent_members(now.get(key), audience_id, was=False)
            adds, drops = (None, None) if before is None or after is None else _difference(before, after)
            if kind == "sends" and not adds and not drops and adds is not None:
                continue
            yield PlannedConnection(
                connection_id,
                audience_id,
                connection.variant,
                connection.output,
                kind,
                None if before is None else len(before),
                None if after is None else len(after),
                adds,
                drops,
            )

    def _sent_members(self, connection: Connection | None, audience_id: str, *, was: bool) -> Mpids | None:
        """Whom a connection sends, nobody where it sends nothing; None where that can't be told."""
        if connection is None:
            return _NOBODY
        found = self._members(audience_id, was=was)
        if isinstance(found, Problem):
            return None
        if connection.variant is None:
            return found[0]
        return found[0][np.array([variant == connection.variant for variant in found[1]], np.bool_)]

    def _members(self, audience_id: str, *, was: bool) -> tuple[Mpids, tuple[str | None, ...]] | Problem:
        side, audiences = (self._before, self._was) if was else (self._after, self._is)
        if audience_id not in audiences:
            return _NOBODY, ()
        if self._before.by_hand.get(audience_id) != self._after.by_hand.get(audience_id):
            return _HAND_WRITTEN
        if (was, audience_id) not in self._known:
            try:
                self._known[was, audience_id] = side.members(audience_id)
            except UserError as error:
                self._known[was, audience_id] = error.problems[0]
        return self._known[was, audience_id]


def _left_by(remaining: Audience) -> tuple[object, ...]:
    return remaining.parent, frozenset(remaining.siblings), remaining.ab_test, remaining.assignment_id


def _told(found: tuple[Mpids, tuple[str | None, ...]] | Problem) -> Mpids:
    if isinstance(found, Problem):
        raise UserError(found)
    return found[0]


def _difference(before: Mpids, after: Mpids) -> tuple[int, int]:
    """Adds and drops."""
    kept = len(np.intersect1d(before, after, assume_unique=True))
    return len(after) - kept, len(before) - kept


def _described(was: Audience, now: Audience) -> tuple[str, ...]:
    """The keys that differ, but those that decide who is in it."""
    return tuple(
        field.name
        for field in fields(was)
        if field.name not in _NOT_DESCRIBED and getattr(was, field.name) != getattr(now, field.name)
    )


def _sent(definitions: Definitions) -> dict[tuple[str, str], Connection]:
    """The audiences that active connections send, by both ids."""
    return {
        (connection.id, audience_id): connection
        for connection in definitions.connections
        if connection.is_active
        for audience_id in connection.audiences
    }
