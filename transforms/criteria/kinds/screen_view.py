"""`screen_view`: screens seen, by name."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import EVENT_NAME
from transforms.criteria.events.selection import EventSource, of_type

SCREEN_VIEW = EventForm(
    key="screen_view",
    source=EventSource(RECORD, of_type("screen_view"), has_tiers=True),
    name=EVENT_NAME,
    summary="Screens and pages seen, by name.",
    examples=(
        "screen_view: {name: Pricing, count: {gte: 2}, within: 3 days}",
        "screen_view: {name: {contains: checkout}, where: {step: {eq: 2}}, os_version: {starts_with: '17'}}",
        "screen_view: {name: {not_in: [Home, Search]}, distinct: {attribute: section, lt: 2}, workspace: shop}",
    ),
)
