"""An id stands twice.

Ids are unique over audiences and milestones, over journeys, over outputs, over connections and over calculated
attributes: memberships, ledgers and partner lists are kept by id, and two definitions would write into one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.definitions.rules.whole import Whole
    from transforms.errors import Place


def _check(whole: Whole) -> Iterator[Finding]:
    yield from _once("audience", ((audience.id, audience.place) for audience in whole.audiences))
    yield from _once("journey", ((journey.id, journey.place) for journey in whole.journeys))
    yield from _once("output", ((output.id, output.place) for output in whole.outputs))
    yield from _once("connection", ((connection.id, connection.place) for connection in whole.connections))
    yield from _once(
        "calculated attribute", ((attribute.id, attribute.place) for attribute in whole.attributes)
    )


def _once(what: str, named: Iterable[tuple[str, Place]]) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for name, place in named:
        if name in first:
            yield Finding(f"the {what} `{name}` is defined twice, first in {first[name]}", place)
        first.setdefault(name, place)


UNIQUE_IDS = Rule(
    code="DEF-060",
    severity="error",
    teaching=__doc__,
    fix="give one of them another id, or delete it",
    check=_check,
    example={
        "audiences/buyers.yml": "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n",
        "audiences/players.yml": "audience: buyers\ncriteria: {event: {name: Play}}\n",
    },
    fixed={
        "audiences/buyers.yml": "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n",
        "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}}\n",
    },
)
