"""`install`: the first start of an application on a device."""

from __future__ import annotations

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource


def _is_install() -> exp.Expr:
    """A `first_run` event, or an event of any type that says `is_first_run`.

    Clients differ in which of the two they send, and one launch can come as both: each is an event as it was sent,
    so `count` counts both. Without a count it makes no difference.
    """
    is_first_run = sql.is_one_of(exp.column("event_type"), ("first_run",))
    return exp.or_(is_first_run, exp.column("is_first_run"), copy=False)


INSTALL = EventForm(
    key="install",
    source=EventSource(RECORD, _is_install, sees_all_inputs=True),
    summary=(
        "First starts of an application, in any input of the audience's workspaces: `first_run` events, and those"
        " that say `is_first_run`."
    ),
    examples=(
        "install: {within: 7 days}",
        "install: {platform: ios, app_version: {version: {gte: '2.10'}}, ago: [30 days, 7 days]}",
        "install: {count: {gte: 2}, input: shop/ios}",
    ),
)
