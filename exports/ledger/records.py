"""What a connection's partner has received, as records and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from transforms.errors import InternalError
from transforms.instants import iso, read_instant

if TYPE_CHECKING:
    from datetime import datetime

#: held: too much would be removed, or an input has no data. The others are what came back of a delivery.
FaultReason = Literal[
    "held",
    "unreachable",
    "rate_limit",
    "authentication",
    "permission",
    "refused",
    "list_gone",
    "too_small",
]


@dataclass(frozen=True)
class RecordedFault:
    """Why nothing more is sent until somebody looks at it. `message` is the partner's words, nothing personal in it."""

    reason: FaultReason
    message: str
    next_step: str
    since: datetime


@dataclass(frozen=True)
class ReceivedList:
    """One list at a partner. `parts` are the numbers of the parquet files that say who is in it (received.py).

    `made_by` identifies what rows are made by: rules, columns, encodings. `has_rows`: whether the identifiers are kept
    that were sent, or the members alone. `next_part` counts up, so that a name never comes twice.
    """

    kind: str
    made_by: str
    has_rows: bool
    parts: tuple[int, ...]
    next_part: int
    list_id: str | None = None
    list_name: str | None = None


@dataclass(frozen=True)
class DeliveredFile:
    """A file that was taken, and what became of its rows."""

    file_name: str
    sha256: str
    rules_version: str
    attempted: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class DeliveredJob:
    """Work that goes on at the partner on a request of a file, by the partner's name of it. `since`: when it was recorded."""

    job: str
    file_name: str
    since: datetime


@dataclass(frozen=True)
class ReceivedAudience:
    """An audience, or a variant of it, at a partner. `as_of` is that of the last delivery, None before the first.

    `sent_as_of` and `sent_times`: the as_of that was sent last, whole or in part, and how often. `is_accepted`: the next
    delivery is not held. `is_emptied_first`: it takes back all that was received, before everything is sent anew.
    `jobs`: work that goes on there, of which it is not known yet what it took.
    """

    audience_id: str
    variant: str | None = None
    as_of: datetime | None = None
    lists: tuple[ReceivedList, ...] = ()
    files: tuple[DeliveredFile, ...] = ()
    fault: RecordedFault | None = None
    sent_as_of: datetime | None = None
    sent_times: int = 0
    is_accepted: bool = False
    is_emptied_first: bool = False
    jobs: tuple[DeliveredJob, ...] = ()

    def times_sent(self, as_of: datetime) -> int:
        """How many deliveries of an as_of were made."""
        return self.sent_times if self.sent_as_of == as_of else 0

    def with_list(self, changed: ReceivedList) -> ReceivedAudience:
        """The same with one list replaced or added."""
        others = (one for one in self.lists if one.kind != changed.kind)
        return replace(self, lists=tuple(sorted((*others, changed), key=lambda one: one.kind)))

    def list_of(self, kind: str) -> ReceivedList | None:
        """The list of this kind, None before it was delivered."""
        return next((one for one in self.lists if one.kind == kind), None)


@dataclass(frozen=True)
class ReceivedConnection:
    """All that a connection's partner has received, by audience and variant."""

    connection_id: str
    audiences: tuple[ReceivedAudience, ...] = field(default=())

    def audience(self, audience_id: str, variant: str | None) -> ReceivedAudience:
        """What was received of an audience, an empty record before the first delivery."""
        for one in self.audiences:
            if (one.audience_id, one.variant) == (audience_id, variant):
                return one
        return ReceivedAudience(audience_id, variant)

    def with_audience(self, changed: ReceivedAudience) -> ReceivedConnection:
        """The same with one audience replaced or added."""
        key = (changed.audience_id, changed.variant)
        others = tuple(one for one in self.audiences if (one.audience_id, one.variant) != key)
        in_order = sorted((*others, changed), key=lambda one: (one.audience_id, one.variant or ""))
        return replace(self, audiences=tuple(in_order))

    @property
    def as_of(self) -> datetime | None:
        """The latest as_of of which anything was delivered."""
        return max((one.as_of for one in self.audiences if one.as_of is not None), default=None)

    @property
    def faults(self) -> tuple[tuple[ReceivedAudience, RecordedFault], ...]:
        """The audiences that are faulted, each with its fault."""
        return tuple((one, one.fault) for one in self.audiences if one.fault is not None)


def to_json(connection: ReceivedConnection) -> dict[str, Any]:
    """As the ledger's file has it."""
    return {
        "connection": connection.connection_id,
        "audiences": [
            {
                "audience_id": one.audience_id,
                "variant": one.variant,
                "as_of": None if one.as_of is None else iso(one.as_of),
                "lists": [list_to_json(each) for each in one.lists],
                "files": [vars(each) for each in one.files],
                "fault": None if one.fault is None else {**vars(one.fault), "since": iso(one.fault.since)},
                "sent_as_of": None if one.sent_as_of is None else iso(one.sent_as_of),
                "sent_times": one.sent_times,
                "is_accepted": one.is_accepted,
                "is_emptied_first": one.is_emptied_first,
                "jobs": [{**vars(each), "since": iso(each.since)} for each in one.jobs],
            }
            for one in connection.audiences
        ],
    }


def from_json(content: dict[str, Any]) -> ReceivedConnection:
    """What `to_json` wrote."""
    return ReceivedConnection(content["connection"], tuple(_audience_of(one) for one in content["audiences"]))


def _audience_of(one: dict[str, Any]) -> ReceivedAudience:
    fault = one["fault"]
    return ReceivedAudience(
        **{
            **one,
            "as_of": None if one["as_of"] is None else instant(one["as_of"]),
            "sent_as_of": None if one["sent_as_of"] is None else instant(one["sent_as_of"]),
            "lists": tuple(list_of_json(each) for each in one["lists"]),
            "files": tuple(DeliveredFile(**each) for each in one["files"]),
            "fault": None if fault is None else RecordedFault(**{**fault, "since": instant(fault["since"])}),
            # A ledger of an earlier version names none.
            "jobs": tuple(
                DeliveredJob(**{**each, "since": instant(each["since"])}) for each in one.get("jobs", ())
            ),
        }
    )


def list_to_json(one: ReceivedList) -> dict[str, Any]:
    """One list as JSON."""
    return {**vars(one), "parts": list(one.parts)}


def list_of_json(content: dict[str, Any]) -> ReceivedList:
    """What `list_to_json` wrote."""
    return ReceivedList(**{**content, "parts": tuple(content["parts"])})


def instant(text: str) -> datetime:
    """An instant that was written by `iso`."""
    found = read_instant(text)
    if found is None:
        raise InternalError("a ledger holds no instant where one was written")
    return found
