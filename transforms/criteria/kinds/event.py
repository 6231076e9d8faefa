"""`event`: custom events, by name and type."""

from __future__ import annotations

from transforms.criteria.events.fields import EVENT as RECORD
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import EVENT_NAME
from transforms.criteria.events.selection import EventSource, of_type

EVENT = EventForm(
    key="event",
    source=EventSource(RECORD, of_type("custom_event"), has_tiers=True),
    name=EVENT_NAME,
    takes_type=True,
    summary="Custom events, by name and type: how many there are, or what their attributes come to.",
    examples=(
        "event: {name: Play, count: {gte: 3}, within: 7 days}",
        "event: {name: {exact: trial started}, ago: [14 days, 7 days]}",
        "event: {name: {starts_with: Video, not_ends_with: Paused}, type: media, on: 2026-11-27}",
        "event: {name: {pattern: 'Level ?? *'}, after: 2026-01-01}",
        "event: {name: {in: [Play, Pause]}, count: {eq: 0}, within: 30 days}",
        "event: {name: Play, where: {genre: {exact: drama}, seconds: {gte: 60}}, before: 2026-07-01}",
        "event: {name: Play, sum: {attribute: seconds, gt: 3600}, between_dates: [2026-03-01, 2026-03-31]}",
        "event: {name: Rated, average: {attribute: stars, gte: 4.5}}",
        "event: {name: Rated, min: {attribute: stars, between: [1, 2]}}",
        "event: {name: Play, distinct: {attribute: genre, gte: 3}, app_version: {version: {gte: '2.10'}}}",
        "event: {type: search, platform: ios, input: shop/ios}",
    ),
)
