"""Why a user is in an audience or not: the verdict, the way through the journey, each criterion and what is behind it.

The verdict is the stored membership, always. Everything else is evaluated over the lake as it is now, by the
definitions as they are now, at the same as_of; where that gives another verdict, the explanation says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, assert_never

from sqlglot import exp

from transforms.audiences.truths import Truth, truths
from transforms.audiences.variants import Assignment, assignment
from transforms.compiler.assemble import criterion_rows, scope_of
from transforms.compiler.models import definition_hash
from transforms.criteria import expressions as sql
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Excluding, NoneOf

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from transforms.audiences.verdicts import Verdict, Verdicts
    from transforms.audiences.workbench import Workbench
    from transforms.criteria.scope import Scope
    from transforms.definitions.records import Audience, Definitions

#: How criteria are joined, in the words of the YAML; `exclude` holds where none of its items does.
Join = Literal["all", "any", "none", "exclude"]
_TIME = "time"


@dataclass(frozen=True)
class Compared:
    """An amount and what is asked of it: (`count`, `at least 6`, 11). No `value`: there was nothing to measure."""

    words: str
    asked: str
    value: Decimal | None


@dataclass(frozen=True)
class Evidence:
    """The rows behind a criterion: `count` are there, of which `rows` are the newest.

    A value is an instant, a text, a whole number or nothing. Those of the columns `personal` are identities or
    values of user attributes.
    """

    columns: tuple[str, ...]
    personal: tuple[str, ...]
    rows: tuple[tuple[datetime | str | int | None, ...], ...]
    count: int


@dataclass(frozen=True)
class ExplainedCriterion:
    """A criterion with its truth for the user: either a kind, in plain `lines`, or a `join` of those `below`."""

    holds: bool
    join: Join | None = None
    below: tuple[ExplainedCriterion, ...] = ()
    lines: tuple[str, ...] = ()
    compared: Compared | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Step:
    """A milestone on the way from the root: whether the user is in it, else which sibling to the left took them.

    For a remaining milestone that is any sibling. Neither in nor taken: its own criteria do not hold, or the user is
    not in its parent.
    """

    audience_id: str
    is_member: bool
    is_remaining: bool
    taken_by: str | None


@dataclass(frozen=True)
class Outside:
    """Why a user can't be in an audience at all.

    `elsewhere` are the workspaces in which there is a profile; `last_seen` is when a profile that its lifetime hides
    was seen last.
    """

    workspaces: tuple[str, ...]
    elsewhere: tuple[str, ...]
    last_seen: datetime | None
    lifetime: str | None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of the user anywhere."""
        return not self.elsewhere and self.last_seen is None


@dataclass(frozen=True)
class Explanation:
    """Everything that is said of one user and one audience at `as_of`.

    `verdict` is the stored membership, or where the audience was not calculated what `now` is: that of a run at
    `as_of` by the definitions and the lake as they are now. `now` is None for an audience that is no longer
    defined; nothing else is known of that. `since` is for stored members. `is_redefined`: the definition is another
    than that of the run. `is_by_hand`: an analyst writes the SQL, which need not follow the criteria. Of a user outside the population no criterion is asked.
    """

    audience_id: str
    mpid: int
    as_of: datetime
    verdict: Verdict
    now: Verdict | None
    since: datetime | None = None
    is_redefined: bool = False
    is_by_hand: bool = False
    outside: Outside | None = None
    assignment: Assignment | None = None
    path: tuple[Step, ...] = ()
    criteria: ExplainedCriterion | None = None

    @property
    def is_overtaken(self) -> bool:
        """Whether a run of that as_of would now give another verdict than the stored one."""
        same = self.now is None or (self.verdict.is_member, self.verdict.variant) == (
            self.now.is_member,
            self.now.variant,
        )
        return self.verdict.is_calculated and not same


def explain(
    workbench: Workbench,
    definitions: Definitions,
    verdicts: Verdicts,
    audience: Audience,
    *,
    shown: int,
) -> Explanation:
    """Explain one audience to the user whom `verdicts` are of; `shown` rows at most are told behind a criterion.

    `workbench` is that user's, or one of all users.
    """
    mpid = verdicts.mpid
    scope = scope_of(audience, definitions.project)
    verdict = verdicts.of(audience)
    outside = _outside(workbench, scope, mpid, verdicts.as_of)
    calculated = verdicts.calculated(audience)
    hashed = definition_hash(audience, definitions.project)
    found = Explanation(
        audience_id=audience.id,
        mpid=mpid,
        as_of=verdicts.as_of,
        verdict=verdict,
        now=verdicts.now(audience),
        since=None if calculated is None else verdicts.since(calculated.id),
        is_redefined=calculated is not None and calculated.definition_hash != hashed,
        is_by_hand=workbench.is_by_hand(audience.id),
        outside=outside,
        path=_path(definitions, verdicts, audience),
    )
    if audience.ab_test is not None and verdict.is_member:
        found = replace(found, assignment=assignment(audience.assignment_id, audience.ab_test, mpid))
    if outside is None and audience.criteria is not None:
        tree = truths(workbench, audience.criteria, scope)
        found = replace(found, criteria=_explained(workbench, tree, scope, mpid, shown))
    return found


def explain_orphan(verdicts: Verdicts, audience_id: str) -> Explanation:
    """Explain an audience that is stored under an id and no longer defined: its verdict alone."""
    return Explanation(
        audience_id=audience_id,
        mpid=verdicts.mpid,
        as_of=verdicts.as_of,
        verdict=verdicts.stored(audience_id),
        now=None,
        since=verdicts.since(audience_id),
    )


def _outside(workbench: Workbench, scope: Scope, mpid: int, as_of: datetime) -> Outside | None:
    profiles = exp.select("workspace", "last_seen").from_(sql.model("dim_profiles"))
    seen = dict(workbench.rows(_of_user(profiles, mpid)))
    here = [seen[workspace] for workspace in scope.workspaces if workspace in seen]
    lifetime = scope.profile_lifetime
    if not here:
        return Outside(scope.workspaces, tuple(sorted(seen)), None, None)
    last_seen = max(here)
    if lifetime is not None and last_seen < as_of - timedelta(microseconds=lifetime.microseconds):
        return Outside(scope.workspaces, (), last_seen, lifetime.text)
    return None


def _path(definitions: Definitions, verdicts: Verdicts, audience: Audience) -> tuple[Step, ...]:
    steps: list[Step] = []
    milestone = audience if audience.journey is not None else None
    while milestone is not None:
        siblings = milestone.siblings if milestone.is_remaining else milestone.earlier_siblings
        taken_by = next((one for one in siblings if verdicts.of(definitions.audience(one)).is_member), None)
        is_member = verdicts.of(milestone).is_member
        steps.append(Step(milestone.id, is_member, milestone.is_remaining, taken_by))
        milestone = None if milestone.parent is None else definitions.audience(milestone.parent)
    return tuple(reversed(steps))


def _explained(workbench: Workbench, truth: Truth, scope: Scope, mpid: int, shown: int) -> ExplainedCriterion:
    def each(items: tuple[Truth, ...]) -> tuple[ExplainedCriterion, ...]:
        return tuple(_explained(workbench, item, scope, mpid, shown) for item in items)

    holds = mpid in truth.holders
    match truth.criterion:
        case AllOf():
            return ExplainedCriterion(holds, "all", each(truth.below))
        case AnyOf():
            return ExplainedCriterion(holds, "any", each(truth.below))
        case NoneOf():
            return ExplainedCriterion(holds, "none", each(truth.below))
        case Excluding():
            kept, *removed = truth.below
            items = kept.below if isinstance(kept.criterion, AllOf) else (kept,)
            none_holds = not any(mpid in item.holders for item in removed)
            excluded = ExplainedCriterion(none_holds, "exclude", each(tuple(removed)))
            return ExplainedCriterion(holds, "all", (*each(items), excluded))
        case Leaf() as leaf:
            return ExplainedCriterion(
                holds,
                lines=leaf.explanation(scope),
                compared=_compared(workbench, leaf, scope, mpid),
                evidence=_evidence(workbench, leaf, scope, mpid, shown),
            )
    assert_never(truth.criterion)


def _compared(workbench: Workbench, leaf: Leaf, scope: Scope, mpid: int) -> Compared | None:
    measure = leaf.measure(scope)
    if measure is None:
        return None
    rows = workbench.rows(_of_user(criterion_rows(measure.query, scope), mpid))
    value = measure.read(*rows[0][1:]) if rows else measure.of_nothing
    return Compared(measure.words, measure.asked, value)


def _evidence(workbench: Workbench, leaf: Leaf, scope: Scope, mpid: int, shown: int) -> Evidence:
    query = leaf.evidence(scope)
    names = query.named_selects
    newest_first = names[1:2] == [_TIME]
    # The mpid, the same in every row, stands first: there may be no other column.
    order = (
        exp.Ordered(this=exp.Literal.number(place), desc=newest_first and place == 2)
        for place in range(1, len(names) + 1)
    )
    counted = exp.Window(this=exp.Count(this=exp.Star()))
    rows = (
        _of_user(criterion_rows(query, scope), mpid).select(counted, copy=False).order_by(*order, copy=False)
    )
    found = workbench.rows(rows.limit(max(shown, 1), copy=False))
    return Evidence(
        columns=tuple(names[1:]),
        personal=leaf.personal_columns,
        rows=tuple(row[1:-1] for row in found[:shown]),
        count=found[0][-1] if found else 0,
    )


def _of_user(query: exp.Select, mpid: int) -> exp.Select:
    return query.where(exp.column("mpid").eq(mpid), copy=False)
