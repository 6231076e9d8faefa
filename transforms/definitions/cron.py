"""When something starts, as cron says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from croniter import croniter

from transforms.documents.readers import INVALID, Invalid, Reader, text

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


def cron() -> Reader[str]:
    """Five parts, UTC (DEF-019 where it is none)."""
    shape = text(expected="a cron expression such as `0 3 * * *`")

    def read(node: Node, report: Report) -> str | Invalid:
        written = shape.read(node, report)
        if isinstance(written, Invalid):
            return INVALID
        if len(written.split()) != 5 or not croniter.is_valid(written):
            report.add(
                "DEF-019",
                "not a cron expression",
                node,
                hint="five parts: minute, hour, day of the month, month, day of the week, such as `0 3 * * *`; UTC",
            )
            return INVALID
        return written

    return Reader(read, shape.schema, shape.expected)
