"""`uninstall`: an application was taken off a device."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource, of_type

UNINSTALL = EventForm(
    key="uninstall",
    source=EventSource(RECORD, of_type("uninstall"), sees_all_inputs=True),
    summary="Uninstalls, in any input of the audience's workspaces.",
    examples=(
        "uninstall: {within: 14 days}",
        "uninstall: {where: {campaign: {contains: summer}}, between_dates: [2026-06-01, 2026-08-31]}",
    ),
)
