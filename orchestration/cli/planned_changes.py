"""How a plan is put: a table for a terminal, a comment for a pull request, data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from orchestration.cli.answers import UNKNOWN
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from transforms.audiences.plan import Plan, PlannedAudience, PlannedConnection

_MARKS = {"new": "+", "changed": "~", "follows": "↳", "removed": "-"}
_HEADER = ("audience", "now", "then", "adds", "drops")
_CONNECTION_WORDS = {"starts": "would start to send", "sends": "would send", "stops": "would send no more"}


def text_of(plan: Plan, against: str, as_of: datetime) -> Iterator[str]:
    """Lines for a terminal."""
    rows = [_cells(audience) for audience in plan.audiences]
    widths = [max(len(row[place]) for row in (_HEADER, *rows)) for place in range(len(_HEADER))]
    if rows:
        yield _line(" ", _HEADER, widths)
    for audience, row in zip(plan.audiences, rows, strict=True):
        yield _line(_MARKS[audience.kind], row, widths)
        for moved in plan.moves:
            if moved.source == audience.id:
                yield f"    {moved.members:,} would move to {moved.target}"
    for connection in plan.connections:
        yield _connection(connection)
    yield _summary(plan)
    yield f"against {against}, as of {iso(as_of)}"


def markdown_of(plan: Plan, against: str, as_of: datetime) -> Iterator[str]:
    """A comment for a pull request."""
    yield "### Milepost plan"
    yield ""
    yield f"{_summary(plan)} Against `{against}`, as of {iso(as_of)}."
    if plan.audiences:
        yield ""
        yield "| audience | | now | then | adds | drops | |"
        yield "| --- | --- | ---: | ---: | ---: | ---: | --- |"
        for audience in plan.audiences:
            name, *numbers, said = _cells(audience)
            yield f"| `{name}` | {audience.kind} | {' | '.join(numbers)} | {_escaped(said)} |"
    if plan.moves:
        yield ""
        yield from (
            f"- {one.members:,} would move from `{one.source}` to `{one.target}`" for one in plan.moves
        )
    if plan.connections:
        yield ""
        yield from (f"- {_connection(connection)}" for connection in plan.connections)


def answer_of(plan: Plan, against: str, as_of: datetime) -> dict[str, Any]:
    """The same as data."""
    return {
        "against": against,
        "as_of": iso(as_of),
        "audiences": [
            {**asdict(one), "problem": one.problem.message if one.problem else None} for one in plan.audiences
        ],
        "moves": [asdict(one) for one in plan.moves],
        "connections": [asdict(one) for one in plan.connections],
        "unchanged": plan.unchanged,
        "active_before": plan.active_before,
        "active_after": plan.active_after,
        "active_audience_limit": plan.limit,
    }


def _line(mark: str, row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = row[: len(_HEADER)]
    cells = [name.ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)]
    return "  ".join((f"{mark} {cells[0]}", *cells[1:], *row[len(_HEADER) :])).rstrip()


def _cells(audience: PlannedAudience) -> tuple[str, str, str, str, str, str]:
    """Id, now, then, adds, drops, and what else there is to say."""
    said = []
    if audience.problem is not None:
        said.append(f"⚠ {audience.problem.message}")
    if audience.kind == "follows":
        said.append("reads what changed")
    if audience.reassigned:
        said.append(f"{audience.reassigned:,} get another variant")
    if audience.described:
        said.append(f"changed: {', '.join(audience.described)}")
    return (
        audience.id,
        UNKNOWN if audience.before is None else f"{audience.before:,}",
        UNKNOWN if audience.after is None else f"{audience.after:,}",
        UNKNOWN if audience.adds is None else f"+{audience.adds:,}",
        UNKNOWN if audience.drops is None else f"-{audience.drops:,}",
        "; ".join(said),
    )


def _connection(connection: PlannedConnection) -> str:
    variant = f" ({connection.variant})" if connection.variant else ""
    what = f"{connection.id} {_CONNECTION_WORDS[connection.kind]} {connection.audience_id}{variant}"
    if connection.kind == "stops":
        return f"{what} to {connection.output}: the partner's copy would age"
    known = connection.after is not None
    members = f"{connection.after:,} members" if known else "a number of members that only a run can tell"
    if connection.kind == "starts" or connection.adds is None or connection.drops is None:
        return f"{what} to {connection.output}: {members}"
    return f"{what} to {connection.output}: {members}, +{connection.adds:,} -{connection.drops:,}"


def _summary(plan: Plan) -> str:
    kinds = [audience.kind for audience in plan.audiences]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("new", "changed", "removed"))
    follow = f", {kinds.count('follows')} that read them" if "follows" in kinds else ""
    active = f"{plan.active_after} of {plan.limit} active"
    was = f" (now {plan.active_before})" if plan.active_before != plan.active_after else ""
    return f"{counted}{follow}, {plan.unchanged} unchanged; {active}{was}."


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
