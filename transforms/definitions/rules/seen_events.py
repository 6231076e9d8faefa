"""An event or a screen is named that the lake has never seen.

Names are matched as they were sent, case and all, so that a misspelt one finds nobody and, as an exclusion, spares
nobody. It may as well be an event that is still to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, never_seen
from transforms.seen_names import seen_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole

#: Kinds of events whose names senders choose, the type that the lake has them under, and what to call them.
_NAMED = {
    "event": ("custom_event", "the event"),
    "attribution_event": ("custom_event", "the event"),
    "screen_view": ("screen_view", "the screen"),
}


def _check(whole: Whole) -> Iterator[Finding]:
    seen = whole.seen
    if seen is None or not seen.knows("events"):
        return
    names = {key: seen.under("events", event_type) for key, (event_type, _) in _NAMED.items()}
    for selection in whole.selections:
        if selection.key not in _NAMED or selection.name is None:
            continue
        for event in selection.name.exact:
            if event.name not in names[selection.key]:
                what = _NAMED[selection.key][1]
                yield from never_seen(what, event.name, event.place, names[selection.key])


def _trials(name: str) -> str:
    return f"audience: trials\ncriteria: {{event: {{name: {name}}}}}\n"


SEEN_EVENTS = Rule(
    code="DEF-097",
    severity="warning",
    teaching=__doc__,
    fix="`milepost data` lists what was seen; leave it as it is where the event is still to come",
    check=_check,
    example={"audiences/trials.yml": _trials("Trial started")},
    fixed={"audiences/trials.yml": _trials("Trial Started")},
    seen=seen_names({"events": [(("custom_event", "Trial Started"), ()), (("screen_view", "Home"), ())]}),
)
