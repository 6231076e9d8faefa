"""Which users of a sample are in which criterion and milestone: one query a criterion, sets for what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

import duckdb
import numpy as np
from sqlglot import exp

from transforms.audiences.activation import with_needed
from transforms.compiler.assemble import criterion_query, criterion_rows, scope_of
from transforms.criteria import expressions as sql
from transforms.criteria.language import named_lists
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Excluding, NoneOf, children
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.errors import InternalError, Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transforms.audiences.sample import Sample
    from transforms.audiences.workbench import Workbench
    from transforms.criteria.language import Criterion
    from transforms.criteria.scope import Scope
    from transforms.definitions.records import Audience, Definitions

#: For each user of the sample whether they are in the set; or why that can't be told.
Users = np.ndarray[Any, np.dtype[np.bool_]]
Told = Users | Problem


@dataclass(frozen=True)
class SampledCriterion:
    """A criterion with the users of the sample for whom it holds, and the criteria that it joins, in order."""

    criterion: Criterion
    holders: Told
    below: tuple[SampledCriterion, ...] = ()


class SampledSets:
    """Sets of users of a sample. Each criterion, population and milestone is asked once, whoever names it."""

    def __init__(self, workbench: Workbench, definitions: Definitions, sample: Sample) -> None:
        self._workbench = workbench
        self._definitions = definitions
        #: The users of the sample in ascending order: `Users` are in the same order.
        self.mpids = np.sort(workbench.sampled_mpids(sample))
        self._populations: dict[Scope, Told] = {}
        self._answers: dict[str, Users] = {}
        self._criteria: dict[str, SampledCriterion] = {}
        self._members: dict[str, Told] = {}

    def criteria(self, audience: Audience) -> SampledCriterion | None:
        """The tree of an audience's criteria, each over the population alone; None for a remaining milestone."""
        if audience.criteria is None:
            return None
        found = self._criteria.get(audience.id)
        if found is None:
            found = self._criterion(audience.criteria, scope_of(audience, self._definitions.project))
            self._criteria[audience.id] = found
        return found

    def members(self, audience: Audience) -> Told:
        """M of an audience or milestone (spec §5)."""
        for one in self._on_the_way(audience):
            if one.id not in self._members:
                self._members[one.id] = self._members_of(one)
        return self._members[audience.id]

    def population(self, audience: Audience) -> Told:
        """Everybody whom an audience or milestone could hold (spec §4.1)."""
        return self._population(scope_of(audience, self._definitions.project))

    def _on_the_way(self, audience: Audience) -> Iterable[Audience]:
        """The audience after all milestones that its set is made of, in the order of the journey."""
        if audience.journey is None:
            return (audience,)
        order = self._definitions.journey(audience.journey).milestones
        wanted, waiting = {audience.id}, [audience]
        while waiting:
            one = waiting.pop()
            before = one.siblings if one.is_remaining else one.earlier_siblings
            for needed in (*before, *(() if one.parent is None else (one.parent,))):
                if needed not in wanted:
                    wanted.add(needed)
                    waiting.append(self._definitions.audience(needed))
        return tuple(self._definitions.audience(one) for one in order if one in wanted)

    def _members_of(self, audience: Audience) -> Told:
        if self._workbench.is_by_hand(audience.id):
            query = exp.select("mpid").from_(sql.model(AUDIENCE_PREFIX + audience.id))
            return self._asked(lambda: query)
        scope = scope_of(audience, self._definitions.project)
        base = self._population(scope) if audience.parent is None else self._members[audience.parent]
        before = audience.siblings if audience.is_remaining else audience.earlier_siblings
        taken = [self._members[sibling] for sibling in before]
        tree = self.criteria(audience)
        if tree is None and not audience.is_remaining:
            raise InternalError("only a remaining milestone has no criteria")
        kept = [base] if tree is None else [base, tree.holders]
        return _joined([*kept, *taken], lambda sets: _without(_all(sets[: len(kept)]), sets[len(kept) :]))

    def _criterion(self, criterion: Criterion, scope: Scope) -> SampledCriterion:
        below = tuple(self._criterion(child, scope) for child in children(criterion))
        sets = [one.holders for one in below]
        match criterion:
            case AllOf():
                holders = in_all(sets)
            case AnyOf():
                holders = _joined(sets, _any)
            case NoneOf():
                population = self._population(scope)
                holders = _joined([population, *sets], lambda found: _without(found[0], found[1:]))
            case Excluding():
                holders = _joined(sets, lambda found: _without(found[0], found[1:]))
            case Leaf():
                missing = self._missing_list(criterion)
                holders = missing or self._asked(lambda: criterion_query(criterion, scope))
            case _:
                assert_never(criterion)
        return SampledCriterion(criterion, holders, below)

    def _missing_list(self, leaf: Leaf) -> Problem | None:
        """A list that decides about a criterion and was not taken in: nobody would be in it."""
        named = (reference.audience for reference in leaf.audiences)
        needed = map(self._definitions.audience, with_needed(self._definitions, named))
        criteria = (leaf, *(one.criteria for one in needed if one.criteria is not None))
        for name in (one.name for criterion in criteria for one in named_lists(criterion)):
            if not self._workbench.has_list(name):
                return Problem(
                    "list-not-taken-in",
                    f"the list `{name}` has not been taken in",
                    hint="run `milepost ingest`",
                )
        return None

    def _population(self, scope: Scope) -> Told:
        if scope not in self._populations:
            self._populations[scope] = self._asked(lambda: criterion_rows(sql.population(), scope))
        return self._populations[scope]

    def _asked(self, query: Callable[[], exp.Query]) -> Told:
        try:
            text = self._workbench.text(query())
            if text not in self._answers:
                self._answers[text] = self._users(self._workbench.mpids(text))
            return self._answers[text]
        except UserError as error:
            return error.problems[0]
        except duckdb.Error as error:
            # The engine's own words may hold what users sent.
            return Problem("not-estimated", f"the engine could not answer it ({type(error).__name__})")

    def _users(self, found: Any) -> Users:
        users = np.zeros(len(self.mpids), np.bool_)
        places = np.searchsorted(self.mpids, found)
        inside = places < len(self.mpids)
        places, found = places[inside], found[inside]
        users[places[self.mpids[places] == found]] = True
        return users


def in_all(sets: list[Told]) -> Told:
    """The users who are in each of these sets; where one of them can't be told, why."""
    return _joined(sets, _all)


def _joined(sets: list[Told], join: Callable[[list[Users]], Users]) -> Told:
    """What a join of sets gives; where one of them can't be told, why."""
    known: list[Users] = []
    for one in sets:
        if isinstance(one, Problem):
            return one
        known.append(one)
    return join(known)


def _all(sets: list[Users]) -> Users:
    return np.logical_and.reduce(sets)


def _any(sets: list[Users]) -> Users:
    return np.logical_or.reduce(sets)


def _without(kept: Users, removed: list[Users]) -> Users:
    return kept & ~np.logical_or.reduce(removed) if removed else kept
