"""An attribute of an event, a product or a promotion is named that such events have never had.

Attributes of events are matched as they were sent, case and all. A condition on one that is never there holds for
no event, and a sum over it is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, never_seen
from transforms.definitions.rules.seen_values import seen_values
from transforms.seen_names import seen_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole

_WHAT = {
    "event": "the event attribute",
    "product": "the product attribute",
    "promotion": "the promotion attribute",
}


def _check(whole: Whole) -> Iterator[Finding]:
    for _, value in whole.compared:
        if value.source not in _WHAT or not value.is_custom:
            continue
        seen = seen_values(whole.seen, value)
        if seen is not None and value.name not in seen:
            yield from never_seen(_WHAT[value.source], value.name, value.place, seen)


def _drama(attribute: str) -> str:
    return f"audience: drama\ncriteria: {{event: {{name: Play, where: {{{attribute}: {{exact: drama}}}}}}}}\n"


SEEN_EVENT_ATTRIBUTES = Rule(
    code="DEF-098",
    severity="warning",
    teaching=__doc__,
    fix="`milepost data` lists what was seen; leave it as it is where the attribute is still to come",
    check=_check,
    example={"audiences/drama.yml": _drama("Genre")},
    fixed={"audiences/drama.yml": _drama("genre")},
    seen=seen_names(
        {
            "events": [(("custom_event", "Play"), ())],
            "event_attributes": [(("custom_event", "Play", "genre"), ("text",))],
        }
    ),
)
