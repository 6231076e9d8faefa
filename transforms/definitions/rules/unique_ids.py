"""An id is one thing: over audiences and milestones, over journeys, outputs, connections, and calculated attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report
    from transforms.errors import Place

#: Milestones of a journey lie in a folder of its name, all other audiences in this one.
_RESERVED_JOURNEY = "audiences"


def unique_ids(whole: Whole, report: Report) -> None:
    """DEF-060 an id stands twice, DEF-061 a journey's id is the name of the folder of plain audiences."""
    _once("audience", ((audience.id, audience.place) for audience in whole.audiences), report)
    _once("journey", ((journey.id, journey.place) for journey in whole.journeys), report)
    _once("output", ((output.id, output.place) for output in whole.outputs), report)
    _once("connection", ((connection.id, connection.place) for connection in whole.connections), report)
    _once("calculated attribute", ((attribute.id, attribute.place) for attribute in whole.attributes), report)
    for journey in whole.journeys:
        if journey.id == _RESERVED_JOURNEY:
            report.add("DEF-061", f"a journey can't be called `{_RESERVED_JOURNEY}`", journey.place)


def _once(what: str, named: Iterable[tuple[str, Place]], report: Report) -> None:
    first: dict[str, Place] = {}
    for name, place in named:
        if name in first:
            report.add("DEF-060", f"the {what} `{name}` is defined twice, first in {first[name]}", place)
        first.setdefault(name, place)
