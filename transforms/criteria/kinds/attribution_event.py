"""`attribution_event`: what brought a user, told as a custom event of the type attribution."""

from __future__ import annotations

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import EVENT_NAME
from transforms.criteria.events.selection import EventSource


def _is_attribution() -> exp.Expr:
    """A custom event of that type, in whichever case it was sent. Its name has a tier, as of any custom event."""
    return sql.all_hold(
        (
            sql.is_one_of(exp.column("event_type"), ("custom_event",)),
            sql.is_one_of(sql.lower(exp.column("custom_type")), ("attribution",)),
        )
    )


ATTRIBUTION_EVENT = EventForm(
    key="attribution_event",
    source=EventSource(RECORD, _is_attribution, has_tiers=True),
    name=EVENT_NAME,
    summary="Custom events of the type attribution, by name: what brought a user, or brought one back.",
    examples=(
        "attribution_event: {name: attribution, where: {publisher: meta}}",
        "attribution_event: {name: {exact: Re-Engagement}, count: {gte: 1}, within: 30 days}",
        "attribution_event: {where: {campaign: {starts_with: summer}}, distinct: {attribute: publisher, gte: 2}}",
    ),
)
