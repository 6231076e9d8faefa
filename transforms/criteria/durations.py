"""Lengths of time in criteria: `within: 7 days`, `ago: [6 days, 0 days]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.documents.durations import DURATION_PATTERN, UNITS, Duration, duration_hint, parse_duration
from transforms.documents.nodes import Scalar

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


def read_duration(node: Node, report: Report) -> Duration | None:
    """A length of time that is not 0, or None with a problem in `report`."""
    written = node.text if isinstance(node, Scalar) else ""
    duration = parse_duration(written)
    if duration is None:
        report.add(
            "CRT-020",
            "a length of time is expected here: a whole number from 1 and a unit, at most 200 years",
            node,
            allowed=[f"{unit}s" for unit in UNITS],
            hint=duration_hint(written),
        )
    return duration


def read_distance(node: Node, report: Report) -> Duration | None:
    """A length of time that may be 0: how long before as_of an instant lies, how long a session took."""
    if isinstance(node, Scalar) and node.text.startswith("0 "):
        one = parse_duration(f"1{node.text[1:]}")
        if one is not None:
            return Duration(0, node.text)
    return read_duration(node, report)


def duration_schema() -> dict[str, Any]:
    """JSON Schema of a length of time that is not 0."""
    return {"type": "string", "pattern": DURATION_PATTERN}


def distance_schema() -> dict[str, Any]:
    """JSON Schema of a length of time that may be 0."""
    return {"type": "string", "pattern": DURATION_PATTERN.replace("[1-9][0-9]{0,8}", "(0|[1-9][0-9]{0,8})")}
