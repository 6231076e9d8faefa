"""Who has the outcome of an A/B test: a criterion over what each user did since the assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.compiler.assemble import criterion_query
from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from transforms.audiences.assigned import Assigned
    from transforms.audiences.workbench import Workbench
    from transforms.criteria.language import Criterion
    from transforms.criteria.scope import Scope

_EVENTS = "stg_lake__events"
_USERS = "assigned_users"
_EVENTS_SINCE = "events_since_assignment"


class Outcomes:
    """Criteria over what each user did since the assignment, at the as_of of a workbench, which is used for one test.

    A criterion, which looks at events alone, is evaluated as if a user's events began at `entered_at`, which is in.
    Everyone who was assigned is the population, so that a negative outcome holds for all others of them.
    """

    def __init__(self, workbench: Workbench, assigned: Assigned) -> None:
        self._workbench = workbench
        workbench.add_table(_USERS, assigned.users)
        workbench.add_view(_EVENTS_SINCE, _events_since())

    def successes(self, criterion: Criterion, scope: Scope) -> dict[str, int]:
        """How many users of each variant have the outcome, of the variants that have any."""
        population = exp.select("mpid").from_(sql.model(_USERS))
        holders = sql.over(criterion_query(criterion, scope, population), _EVENTS, _EVENTS_SINCE)
        counted = exp.alias_(exp.Count(this=exp.Star()), "users")
        query = (
            exp.select(exp.column("variant", table="assigned"), counted)
            .from_(holders.subquery("holders"))
            .join(exp.alias_(sql.model(_USERS), "assigned", table=True), using=["mpid"])
            .group_by(exp.column("variant", table="assigned"))
        )
        return dict(self._workbench.rows(query))


def _events_since() -> exp.Select:
    """The events of each user since the assignment, and all ends of sessions.

    An end is no event that a criterion counts, it tells how long one lasted; whoever logs in during a session ends it
    under another mpid, who may have been assigned later or never.
    """
    events, assigned = (
        exp.alias_(sql.model(name), alias, table=True)
        for name, alias in ((_EVENTS, "events"), (_USERS, "assigned"))
    )
    is_end = sql.is_one_of(exp.column("event_type", table="events"), ("session_end",))
    is_since = exp.GTE(
        this=exp.column("event_at", table="events"), expression=exp.column("entered_at", table="assigned")
    )
    same = exp.EQ(this=exp.column("mpid", table="events"), expression=exp.column("mpid", table="assigned"))
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("events")))
        .from_(events)
        .join(assigned, on=same, join_type="left")
        .where(exp.or_(is_end, is_since))
    )
