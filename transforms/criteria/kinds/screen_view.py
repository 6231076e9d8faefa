"""`screen_view`: screens seen, by name."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import event_name_schema, read_event_name
from transforms.criteria.events.selection import EventSource, of_type

SCREEN_VIEW = EventForm(
    key="screen_view",
    source=EventSource(RECORD, of_type("screen_view"), has_tiers=True),
    name_key="name",
    read_name=read_event_name,
    name_schema=event_name_schema(),
)
