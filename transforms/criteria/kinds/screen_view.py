"""`screen_view`: screens seen, by name."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import event_name_schema, read_event_name
from transforms.criteria.kinds.kind import Kind

_FORM = EventForm(
    key="screen_view",
    event_type="screen_view",
    record=RECORD,
    name_key="name",
    read_name=read_event_name,
    name_schema=event_name_schema(),
)

SCREEN_VIEW = Kind("screen_view", _FORM.read, _FORM.schema)
