"""Sessions, installs, upgrades, uninstalls, crashes and attribution: which events they are (spec §4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.oracle.conditions import compare, conditions
from tests.support.oracle.values import duration, lower, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.oracle.profiles import Known
    from tests.support.oracle.records import Event

#: These look at every input of the audience's workspaces, the others at the chosen ones.
OF_ALL_INPUTS = ("install", "upgrade", "uninstall", "crash")
APP_KINDS = (*OF_ALL_INPUTS, "session", "attribution_event")

#: Workspace, input and the session's id there.
Session = tuple[str, str, str]


def is_app_event(kind: str, event: Event) -> bool:
    """Whether an event is one of a kind of APP_KINDS."""
    match kind:
        case "install":
            return event.event_type == "first_run" or _says(event, "is_first_run")
        case "upgrade":
            return _says(event, "is_upgrade")
        case "uninstall":
            return event.event_type == "uninstall"
        case "crash":
            return event.event_type == "crash_report"
        case "session":
            return event.event_type == "session_start"
        case "attribution_event":
            sent = event.data.get("custom_event_type")
            return event.event_type == "custom_event" and sent is not None and lower(sent) == "attribution"
        case _:
            raise AssertionError(kind)


def _says(event: Event, name: str) -> bool:
    value = event.data.get(name)
    return value is True or (isinstance(value, str) and lower(value) == "true")


def session_of(event: Event) -> Session | None:
    """The session by its uuid, else by its id; an empty one is none."""
    for name in ("session_uuid", "session_id"):
        value = event.data.get(name)
        if value not in (None, ""):
            return event.workspace, event.input, written(value)
    return None


def session_lengths(known: Known) -> dict[Session, int]:
    """Milliseconds of every session whose newest end that has a duration was seen."""
    ends = [event for _, event in known.events if event.event_type == "session_end"]
    lengths: dict[Session, int] = {}
    for end in sorted(ends, key=lambda event: (event.at, *event.order.key())):
        session, length = session_of(end), _milliseconds(end.data.get("session_duration_ms"))
        if session is not None and length is not None:
            lengths[session] = length
    return lengths


def _milliseconds(value: Any) -> int | None:
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def length_condition(body: dict[str, Any], known: Known) -> Callable[[Event], bool]:
    """What `length` of a criterion asks of the event that began a session; without it, nothing."""
    if "length" not in body:
        return lambda _: True
    wanted = conditions("length", body["length"])
    lengths = session_lengths(known)

    def holds(event: Event) -> bool:
        session = session_of(event)
        length = None if session is None else lengths.get(session)
        return all(
            (length is not None and compare(each.operator, length, each.operand, _bound)) is not each.negative
            for each in wanted
        )

    return holds


def _bound(operand: str) -> int:
    return round(duration(operand).total_seconds() * 1000)
