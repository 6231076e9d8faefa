"""What happens around an application, and what belongs together: launches, sessions with their ends, carts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.world_values import ACTIONS, EVENT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

#: When, the type of the event, its data without time and id.
Told = tuple["datetime", str, dict[str, Any]]

_MILLISECOND = timedelta(milliseconds=1)
_TRUTHS = (True, True, False, None, "true", "TRUE", "false", "yes", 1)
_LENGTHS = (0, 1, 59_999, 60_000, 299_999, 300_000, 300_001, "300000", 3_600_000, None, "soon", -5)
_ATTRIBUTIONS = ("attribution", "re-engagement", *EVENT_NAMES[:2], "Heartbeat")


def story(random: Random, at: datetime, line: Callable[[], dict[str, Any]]) -> list[Told]:
    """One to four events about `at`; `line` draws a product line."""
    draw = random.random()
    if draw < 0.4:
        return [(at, *_launch(random)) for _ in range(random.choice([1, 2, 2, 3]))]
    if draw < 0.75:
        return _session(random, at)
    return _cart(random, at, line)


def _launch(random: Random) -> tuple[str, dict[str, Any]]:
    draw = random.random()
    if draw < 0.2:
        return "first_run", {}
    if draw < 0.5:
        flags = {
            name: random.choice(_TRUTHS) for name in ("is_first_run", "is_upgrade") if random.random() < 0.6
        }
        transition = {"application_transition_type": "application_initialized"}
        # The flag counts on whatever event it comes.
        return random.choice(
            [("application_state_transition", {**transition, **flags}), ("session_start", flags)]
        )
    if draw < 0.65:
        return "uninstall", {}
    if draw < 0.8:
        return "crash_report", {"class_name": "Error", "severity": "fatal"}
    spelled = random.choice(["attribution", "attribution", "Attribution", "ATTRIBUTION", "attributions"])
    return "custom_event", {"event_name": random.choice(_ATTRIBUTIONS), "custom_event_type": spelled}


def _session_ids(random: Random) -> dict[str, Any]:
    """Few ids, so that inputs and users share them; the uuid goes before the id."""
    number = random.randrange(12)
    return random.choice(
        [
            {"session_uuid": f"s-{number}"},
            {"session_id": number},
            {"session_id": str(number)},
            {"session_uuid": f"s-{number}", "session_id": random.randrange(12)},
            {"session_uuid": random.choice(["", None]), "session_id": number},
            {"session_uuid": str(number)},
            {},
        ]
    )


def _session(random: Random, at: datetime) -> list[Told]:
    ids = _session_ids(random)
    events: list[Told] = []
    if random.random() < 0.9:
        events.append((at, "session_start", dict(ids)))
    end = at
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        end += random.choice(
            [timedelta(0), timedelta(0), _MILLISECOND, timedelta(minutes=5), timedelta(days=3)]
        )
        data = {**ids, "session_duration_ms": random.choice(_LENGTHS)}
        if random.random() < 0.1:
            del data["session_duration_ms"]
        events.append((end, "session_end", data))
    random.shuffle(events)
    return events


def _cart(random: Random, at: datetime, line: Callable[[], dict[str, Any]]) -> list[Told]:
    def action(name: str) -> dict[str, Any]:
        lines = [line() for _ in range(random.choice([0, 1, 1, 2]))]
        return {"product_action": {"action": name, "products": lines}}

    events: list[Told] = [(at, "commerce_event", action("add_to_cart"))]
    if random.random() < 0.3:
        events.append((at + timedelta(hours=1), "commerce_event", action("add_to_cart")))
    if random.random() < 0.5:
        away = random.choice([-1, 0, 0, 1, 3_600_000, 86_400_000]) * _MILLISECOND
        events.append(
            (at + away, "commerce_event", action(random.choice([*ACTIONS, "purchase", "checkout"])))
        )
    return events
