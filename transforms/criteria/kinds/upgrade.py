"""`upgrade`: the first start of a newer version of an application."""

from __future__ import annotations

from sqlglot import exp

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource


def _is_upgrade() -> exp.Expr:
    """An event of any type that says `is_upgrade`; clients say it as the application starts."""
    return exp.column("is_upgrade")


UPGRADE = EventForm(
    key="upgrade",
    source=EventSource(RECORD, _is_upgrade, sees_all_inputs=True),
    summary=(
        "First starts of a newer version, in any input of the audience's workspaces: events that say"
        " `is_upgrade`."
    ),
    examples=(
        "upgrade: {within: 30 days}",
        "upgrade: {app_version: {version: {eq: '3.0'}}, after: 2026-01-01}",
        "upgrade: {count: {eq: 0}, within: 90 days}",
    ),
)
