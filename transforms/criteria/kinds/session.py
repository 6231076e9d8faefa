"""`session`: sessions begun, and how long they took."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource, of_type

SESSION = EventForm(
    key="session",
    source=EventSource(RECORD, of_type("session_start")),
    takes_length=True,
    summary=(
        "Sessions begun in the window; `length` compares the duration that the session's end tells, and a session"
        " without an end has none."
    ),
    examples=(
        "session: {count: {gte: 5}, within: 7 days}",
        "session: {length: {gt: 5 minutes}, platform: {in: [ios, android]}}",
        "session: {length: {between: [0 minutes, 1 minute]}, count: {gte: 3}, on: 2026-11-27}",
        "session: {length: {ne: 0 minutes}, count: {eq: 0}, within: 30 days}",
    ),
)
