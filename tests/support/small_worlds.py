"""Small worlds with named defaults for the oracle's own tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support.oracle.audiences import Oracle
from tests.support.oracle.records import Landed, World

AS_OF = datetime(2026, 9, 9, 13)
DAY = timedelta(days=1)
SETTINGS: dict[str, Any] = {
    "project": "shop",
    "workspaces": {
        "shop": {"inputs": {"ios": {}, "web": {}}},
        "club": {"inputs": {"till": {}}},
    },
}


def milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def event(name: str = "Play", at: datetime = AS_OF - DAY, **attributes: Any) -> dict[str, Any]:
    data = {
        "event_name": name,
        "custom_event_type": "media",
        "timestamp_unixtime_ms": milliseconds(at),
        "custom_attributes": attributes,
    }
    return {"event_type": "custom_event", "data": data}


def purchase(*products: dict[str, Any], at: datetime = AS_OF - DAY, **action: Any) -> dict[str, Any]:
    data = {
        "timestamp_unixtime_ms": milliseconds(at),
        "product_action": {"action": "purchase", "products": list(products), **action},
    }
    return {"event_type": "commerce_event", "data": data}


def landed(
    *events: dict[str, Any],
    mpid: int | None = 1,
    at: datetime = AS_OF - DAY,
    workspace: str = "shop",
    input: str = "ios",
    path: str = "one.json",
    line: int = 1,
    **batch: Any,
) -> Landed:
    content = {"events": list(events), "timestamp_unixtime_ms": milliseconds(at), **batch}
    if mpid is not None:
        content["mpid"] = mpid
    return Landed(workspace, input, path, line, AS_OF, content)


def oracle(
    *landing: Landed,
    audiences: list[dict[str, Any]] | None = None,
    journeys: list[dict[str, Any]] | None = None,
    as_of: datetime = AS_OF,
    **settings: Any,
) -> Oracle:
    world = World({**SETTINGS, **settings}, landing)
    return Oracle(world, audiences or [], journeys or [], as_of)


def members(criteria: dict[str, Any], *landing: Landed, **audience: Any) -> set[int]:
    """The members at AS_OF of one audience of these criteria."""
    definition = {"audience": "one", "criteria": criteria, **audience}
    return set(oracle(*landing, audiences=[definition]).members("one"))
