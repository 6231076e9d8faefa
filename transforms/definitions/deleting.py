"""What may be deleted (spec §5): milestones from the end of a path backwards, a journey when it is empty, and nothing
that something else names or sends.

Problems: DEL-001 milestones follow, DEL-002 what remains would be left alone, DEL-003 an audience names it,
DEL-004 a connection sends it, DEL-005 the journey has milestones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import referenced_audiences
from transforms.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Audience, Definitions, Journey


def in_the_way_of_audiences(
    definitions: Definitions, chosen: Collection[str], connections: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Everything that forbids deleting these audiences and milestones together, and with them these `connections`, by
    audience.
    """
    return tuple(
        problem
        for audience in definitions.audiences
        if audience.id in chosen
        for problem in _in_the_way(definitions, audience, chosen, connections)
    )


def connections_alone(definitions: Definitions, chosen: Collection[str]) -> tuple[Connection, ...]:
    """The connections that name these audiences and no others."""
    return tuple(
        connection
        for connection in definitions.connections
        if connection.tag is None and set(connection.audiences) <= set(chosen)
    )


def in_the_way_of_journey(journey: Journey, chosen: Collection[str]) -> tuple[Problem, ...]:
    """Why a journey can't be deleted together with these milestones."""
    others = tuple(one for one in journey.milestones if one not in chosen)
    if not others:
        return ()
    return (
        Problem(
            "DEL-005",
            f"the journey `{journey.id}` has milestones",
            journey.place,
            hint="delete them from the end of each path backwards",
            allowed=others,
        ),
    )


def _in_the_way(
    definitions: Definitions, audience: Audience, chosen: Collection[str], connections: Collection[str]
) -> Iterator[Problem]:
    others = [one for one in definitions.audiences if one.id not in chosen]
    for one in others:
        if one.parent == audience.id:
            yield Problem(
                "DEL-001",
                f"the milestone `{one.id}` follows `{audience.id}`",
                one.place,
                hint="a path is deleted from its end backwards",
            )
        if one.is_remaining and audience.id in one.siblings and set(one.siblings) <= set(chosen):
            yield Problem(
                "DEL-002",
                f"`{one.id}` would remain of nothing without `{audience.id}`",
                one.place,
                hint="delete what remains first",
            )
        named = () if one.criteria is None else referenced_audiences(one.criteria)
        if any(reference.audience == audience.id for reference in named):
            yield Problem(
                "DEL-003",
                f"the criteria of `{one.id}` name `{audience.id}`",
                one.place,
                hint="take it out of them first",
            )
    for connection in definitions.connections:
        if connection.id in connections or connection.tag is not None:
            continue
        if audience.id in connection.audiences:
            is_alone = set(connection.audiences) <= set(chosen)
            yield Problem(
                "DEL-004",
                f"the connection `{connection.id}` sends `{audience.id}`",
                connection.place,
                hint="`--connections` deletes the connection, too"
                if is_alone
                else "take it out of `audiences` first",
            )
