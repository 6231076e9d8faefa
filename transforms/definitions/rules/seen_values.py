"""What the lake has seen where a criterion looks: several rules ask it of the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.criteria.compared import ComparedValue
    from transforms.seen_names import SeenNames

#: Kinds of event criteria, and the type that the lake has their events under.
_TYPES = {
    "event": "custom_event",
    "attribution_event": "custom_event",
    "screen_view": "screen_view",
    "ecommerce": "commerce_event",
    "cart_abandonment": "commerce_event",
    "session": "session_start",
    "uninstall": "uninstall",
    "crash": "crash_report",
}


def seen_values(seen: SeenNames | None, value: ComparedValue) -> dict[str, frozenset[str]] | None:
    """The custom attributes that were seen where `value` lies, with what their values were read as.

    None where that is not known, or where an event that is named was never seen: then that is the mistake.
    """
    if seen is None or not value.is_custom:
        return None
    if value.source == "product":
        return seen.under("product_attributes") if seen.knows("product_attributes") else None
    if value.source == "promotion":
        return seen.under("promotion_attributes") if seen.knows("promotion_attributes") else None
    if value.source != "event" or value.events is None or not seen.knows("event_attributes"):
        return None
    key, names = value.events
    event_type = _TYPES.get(key)
    if event_type is None:
        return None
    if not names:
        return seen.under("event_attributes", event_type)
    known = seen.under("events", event_type) if event_type != "commerce_event" else dict.fromkeys(names)
    if not seen.knows("events") or not any(name in known for name in names):
        return None
    found: dict[str, frozenset[str]] = {}
    for name in names:
        for attribute, readings in seen.under("event_attributes", event_type, name).items():
            found[attribute] = found.get(attribute, frozenset()) | readings
    return found


def seen_of_users(seen: SeenNames | None, workspaces: tuple[str, ...]) -> dict[str, frozenset[str]] | None:
    """The user attributes, in lower case, that were seen in any of the workspaces; None where that is not known."""
    if seen is None or not seen.knows("user_attributes"):
        return None
    found: dict[str, frozenset[str]] = {}
    for workspace in workspaces:
        for attribute, readings in seen.under("user_attributes", workspace).items():
            name = attribute.lower()
            found[name] = found.get(name, frozenset()) | readings
    return found
