"""A criterion, or a calculated attribute, names an event that counts in none.

Only events of the tier `personalize` count in criteria and calculated attributes; those of another tier in
milepost.yml are stored alone. The criterion would find nobody, and as an exclusion spare nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_events
from transforms.definitions.rules.rule import EXAMPLE_PROJECT, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.leaf import EventName
    from transforms.definitions.rules.whole import Whole

_EVALUATED = "personalize"


def _check(whole: Whole) -> Iterator[Finding]:
    tiers = dict(whole.project.event_tiers)
    for audience in whole.audiences:
        if audience.criteria is not None:
            yield from _found(named_events(audience.criteria), tiers, "criterion")
    for attribute in whole.attributes:
        events = attribute.calculation.selection.tiered_events
        yield from _found(events, tiers, "calculated attribute")


def _found(events: Iterable[EventName], tiers: dict[str, str], what: str) -> Iterator[Finding]:
    for event in events:
        tier = tiers.get(event.name, _EVALUATED)
        if tier != _EVALUATED:
            yield Finding(
                f"the event `{event.name}` is of the tier `{tier}`: it is stored and counts in no {what}",
                event.place,
            )


_PROJECT = f"{EXAMPLE_PROJECT}event_tiers: {{Heartbeat: preserve}}\n"

EVENT_TIERS = Rule(
    code="DEF-071",
    severity="error",
    teaching=__doc__,
    fix="take it out of `event_tiers` in milepost.yml, or name another event",
    check=_check,
    example={
        "milepost.yml": _PROJECT,
        "audiences/alive.yml": "audience: alive\ncriteria: {event: {name: Heartbeat}}\n",
    },
    fixed={
        "milepost.yml": _PROJECT,
        "audiences/alive.yml": "audience: alive\ncriteria: {event: {name: Play}}\n",
    },
)
