"""`crash`: an application crashed, or reported an error that it handled."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource, of_type

CRASH = EventForm(
    key="crash",
    source=EventSource(RECORD, of_type("crash_report"), sees_all_inputs=True),
    summary="Crash reports, in any input of the audience's workspaces.",
    examples=(
        "crash: {count: {gte: 3}, within: 1 day}",
        "crash: {app_build: '1204', os_version: {version: {lt: '17.0'}}}",
        "crash: {distinct: {attribute: screen, gte: 2}, within: 7 days}",
    ),
)
