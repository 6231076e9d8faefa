"""Carts that were filled and left (spec §4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.oracle.values import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.support.oracle.records import Event


def users_who_left_a_cart(
    body: dict[str, Any],
    commerce_events: Callable[[dict[str, Any]], dict[int, list[Event]]],
    as_of: datetime,
) -> set[int]:
    """`commerce_events` gives each user's events in the lookback that an `ecommerce` criterion chooses."""
    narrowed = {key: body[key] for key in ("input", "workspace") if key in body}
    asked = {key: value for key, value in body.items() if key not in ("wait", "follow_up")}
    filled = commerce_events({**asked, "action": "add_to_cart"})
    followed = commerce_events({**narrowed, "action": body.get("follow_up", "purchase")})
    found: set[int] = set()
    for mpid, events in filled.items():
        latest = max(event.at for event in events)
        has_waited = latest <= as_of - duration(body["wait"])
        if has_waited and not any(event.at >= latest for event in followed.get(mpid, [])):
            found.add(mpid)
    return found
