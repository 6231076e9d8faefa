"""Users with many events at few instants: what calculated attributes need, and worlds else have too little of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

#: A custom event with the attributes `score` (numbers and what looks like some) and `label` (texts).
EVENT = "Rate"
SCORES = (1, 2, 2, 5, 0.1, "7.50", "1e2", -3, "abc", "", None, "0.000000001", "9" * 29, "-" + "9" * 29)
LABELS = (
    "a",
    "A",
    "b",
    "ä",
    "Z",
    "z",
    "🎧",
    "\uffee",
    "",
    None,
    "it's",
    "8",
    "8.0",
    "2024-03-01",
    "true",
    "2.10",
)
PRICES = (1, 2, 5, "7.50", 0.1, "9.99", "abc", "0.000000001", "9" * 29, "-" + "9" * 29, -2)
QUANTITIES = (1, 1, 2, 3, 7, 2.5, "0.333333333", 0, -1, "several", "9" * 18, "1" + "0" * 18)
_USERS = 8
_MANY = 130


def rating_batches(random: Random, mpids: list[int], as_of: datetime) -> list[dict[str, Any]]:
    """Batches of a few users, to be spread over files: events that tie in time, and in receipt."""
    batches = [_many_labels(random, mpids[0], as_of)]
    for mpid in random.sample(mpids, _USERS):
        instants = [as_of - timedelta(days=day) for day in random.sample(range(1, 60), 4)]
        receipts = [max(instants), max(instants) + timedelta(hours=1)]
        for _ in range(random.randint(3, 9)):
            events = [_event(random, random.choice(instants)) for _ in range(random.randint(1, 4))]
            batches.append(_batch(mpid, events, random.choice(receipts)))
    return batches


def _many_labels(random: Random, mpid: int, as_of: datetime) -> dict[str, Any]:
    """More distinct values than a list keeps, most of them at one instant."""
    first, second = as_of - timedelta(days=5), as_of - timedelta(days=4)
    labels = [f"label {number:03d}" for number in range(_MANY)]
    random.shuffle(labels)
    events = [
        _rate(first if place < _MANY // 2 else second, score=place, label=label)
        for place, label in enumerate([*labels, *labels[:5]])
    ]
    random.shuffle(events)
    return _batch(mpid, events, second)


def _batch(mpid: int, events: list[dict[str, Any]], receipt: datetime) -> dict[str, Any]:
    return {"mpid": mpid, "events": events, "timestamp_unixtime_ms": _milliseconds(receipt)}


def _event(random: Random, at: datetime) -> dict[str, Any]:
    if random.random() < 0.6:
        attributes = {"score": random.choice(SCORES), "label": random.choice(LABELS)}
        kept = {name: value for name, value in attributes.items() if random.random() < 0.85}
        return _rate(at, **kept)
    if random.random() < 0.25:
        promotions = [{"id": random.choice(LABELS), "name": "sale"} for _ in range(random.randint(1, 3))]
        action = {"promotion_action": {"action": "view", "promotions": promotions}}
    else:
        lines = [_line(random) for _ in range(random.randint(1, 4))]
        action = {"product_action": {"action": "purchase", "products": lines}}
        if random.random() < 0.8:
            action["product_action"]["total_amount"] = random.choice(SCORES)
    return {"event_type": "commerce_event", "data": {"timestamp_unixtime_ms": _milliseconds(at), **action}}


def _line(random: Random) -> dict[str, Any]:
    line = {
        "id": random.choice(["sku-1", "sku-2", "sku-3"]),
        "category": random.choice(["shoes", "hats"]),
        "price": random.choice(PRICES[:6]) if random.random() < 0.7 else random.choice(PRICES),
        "quantity": random.choice(QUANTITIES),
    }
    return {name: value for name, value in line.items() if random.random() < 0.9}


def _rate(at: datetime, **attributes: Any) -> dict[str, Any]:
    data = {
        "event_name": EVENT,
        "custom_event_type": "rating",
        "timestamp_unixtime_ms": _milliseconds(at),
        "custom_attributes": attributes,
    }
    return {"event_type": "custom_event", "data": data}


def _milliseconds(at: datetime) -> int:
    return int((at - type(at)(1970, 1, 1)) / timedelta(milliseconds=1))
