"""Audiences with their edges where every generated world has events: what chance hits too seldom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.generated_event_kinds import event_kind_edges

if TYPE_CHECKING:
    from datetime import datetime

_ENDS = (
    ("6 days", "4 days"),
    ("14 days", "7 days"),
    ("3 days", "1 day"),
    ("30 days", "12 hours"),
    ("2 days", "0 days"),
)
_LENGTHS = ("90 minutes", "12 hours", "1 day", "3 days", "1 week", "30 days", "2 months")


def edge_audiences(as_of: datetime) -> list[dict[str, Any]]:
    """The same few dozen audiences for every world; dates are those around its as_of."""
    often = {"name": {"contains": "a"}}
    days = [f"{as_of - timedelta(days=days):%Y-%m-%d}" for days in (0, 1, 3, 7)]
    bought = {"action": "purchase"}
    criteria: list[dict[str, Any]] = [
        *({"event": {**often, "ago": list(ends)}} for ends in _ENDS),
        *({"event": {**often, "within": length}} for length in _LENGTHS),
        *({"last_active": {"ago": list(ends)}} for ends in _ENDS),
        *({"event": {**often, operator: day}} for day in days for operator in ("before", "after", "on")),
        {"event": {**often, "between_dates": [days[2], days[1]]}},
        *(
            {"event": {"type": kind, "distinct": {"attribute": "genre", "eq": 1}}}
            for kind in ("media", "other")
        ),
        {"event": {**often, "distinct": {"attribute": "flag", "gte": 2}}},
        {"event": {**often, "distinct": {"attribute": "genre", "lt": 2}}},
        {"ecommerce": {**bought, "distinct": {"product": "id", "eq": 1}}},
        {"ecommerce": {**bought, "where": {"total_amount": {"exists": False}}}},
        {
            "ecommerce": {
                **bought,
                "where": {"total_amount": {"eq": 10}, "attribute.total_amount": {"ne": 10}},
            }
        },
        {"ecommerce": {"action": "impression", "where": {"total_amount": {"exists": True}}}},
        {"ecommerce": {**bought, "product": {"price": {"exists": False}, "attribute.price": {"eq": 1}}}},
        {"ecommerce": {**bought, "product": {"price": {"eq": 1}}}},
        {"ecommerce": {**bought, "sum": {"product": "price", "gte": 5, "lte": 20}}},
        {"ecommerce": {**bought, "sum": {"product": "quantity", "between": [1, "4.5"]}}},
        {"ecommerce": {**bought, "average": {"product": "quantity", "between": [1, 2], "ne": 2}}},
        *(
            {"event": {**often, "app_version": {"version": {operator: "2.10"}}}}
            for operator in ("eq", "lt", "gte")
        ),
        *(
            {"user": {"attribute": "ver", "version": {operator: "2.10.0"}}}
            for operator in ("eq", "ne", "lte")
        ),
        {"user": {"attribute": "visits", "between": ["-0.000000001", "0.000000001"]}},
        {"user": {"attribute": "visits", "gt": 0, "lt": "0.000000002"}},
        *event_kind_edges(),
    ]
    lookbacks = [
        {"audience": f"edge_lookback_{place}", "lookback": length, "criteria": {"event": often}}
        for place, length in enumerate(_LENGTHS)
    ]
    edges = [{"audience": f"edge_{place}", "criteria": found} for place, found in enumerate(criteria)]
    return [*edges, *lookbacks]
