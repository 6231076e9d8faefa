"""The kinds of event criteria that an import writes, and the event types of the service that they are."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.criteria.events.fields import COMMERCE_EVENT


@dataclass(frozen=True)
class EventKind:
    """How one kind is written: the key of its name, if it has one, and what `where` can name beside attributes."""

    key: str
    name_key: str | None
    fields: tuple[str, ...] = ()
    takes_type: bool = False
    takes_lines: bool = False
    takes_length: bool = False


_KINDS = (
    EventKind("event", "name", takes_type=True),
    EventKind("screen_view", "name"),
    EventKind("ecommerce", "action", fields=COMMERCE_EVENT.fields, takes_lines=True),
    EventKind("session", None, takes_length=True),
    EventKind("install", None),
    EventKind("upgrade", None),
    EventKind("uninstall", None),
    EventKind("crash", None),
    EventKind("attribution_event", "name"),
)
EVENT_KINDS = {kind.key: kind for kind in _KINDS}

#: The service's event types, to kinds. Sessions are counted where they begin.
EVENT_TYPES = {
    "custom_event": "event",
    "screen_view": "screen_view",
    "commerce_event": "ecommerce",
    "session_start": "session",
    "first_run": "install",
    "uninstall": "uninstall",
    "crash_report": "crash",
}

#: The types of custom events. Where a definition compares the type of an event with one, it means custom events.
CUSTOM_TYPES = (
    "navigation",
    "location",
    "search",
    "transaction",
    "user_content",
    "user_preference",
    "social",
    "media",
    "other",
    "unknown",
)
ATTRIBUTION = "attribution"

#: Promotion actions, as the actions of `ecommerce`.
PROMOTION_ACTIONS = {"view": "promotion_view", "click": "promotion_click"}
