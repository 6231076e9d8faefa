"""One event batch: whom it is about, when it was said, and what of it no other part reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.ingest.identities import Said, User, read_identities, read_user
from transforms.ingest.rejection import Rejected
from transforms.ingest.values import filled, usable_epoch

if TYPE_CHECKING:
    from transforms.ingest.ip_geolocation import IpGeolocation
    from transforms.ingest.source import Source

#: Fields that are read, so that they do not count as unknown; their unread parts do.
READ_FIELDS = frozenset(
    {
        "events",
        "environment",
        "mpid",
        "user_identities",
        "user_attributes",
        "deleted_user_attributes",
        "device_info",
        "application_info",
        "consent_state",
        "timestamp_unixtime_ms",
        "mp_deviceid",
        "attribution_info",
        "context",
        "batch_context",
    }
)


@dataclass(frozen=True)
class Batch:
    """`received_at` is the batch's own time, else the file's arrival; `own_time` is None where it has none.

    `columns` are those that all rows of the batch have alike (RECORD_COLUMNS of staged_rows.py).
    """

    body: dict[str, Any]
    user: User
    identities: tuple[Said, ...]
    odd_identities: list[Any]
    own_time: int | None
    received_at: int
    environment: str
    device: dict[str, Any]
    application: dict[str, Any]
    columns: dict[str, Any]
    geolocation: IpGeolocation | None

    @property
    def context(self) -> dict[str, Any]:
        """`context`, which older senders call `batch_context`."""
        return mapping(self.body.get("context")) or mapping(self.body.get("batch_context"))


def mapping(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def events_of(body: dict[str, Any]) -> list[Any]:
    """The events of a batch. Rejected where `events` is neither absent nor a list."""
    events = body.get("events")
    if events is None:
        return []
    if not isinstance(events, list):
        raise Rejected("events_not_a_list", "its `events` is not a list")
    return events


def read_batch(body: dict[str, Any], source: Source, line: int) -> Batch:
    """Read what all rows of a batch have alike. Rejected where it names no user."""
    if "firehose_version" in body:
        raise Rejected("not_a_batch", "is a message of the partner API (Firehose), not an event batch")
    identities, odd = read_identities(body.get("user_identities"))
    if "event_type" in body and "events" not in body and not identities and body.get("mpid") is None:
        raise Rejected("event_without_batch", "is an event without a batch, so it names no user")
    user = read_user(body.get("mpid"), identities, source.login_types)
    own_time = usable_epoch(body.get("timestamp_unixtime_ms"))
    received_at = source.arrival if own_time is None else own_time
    environment = filled(body.get("environment")) or "production"
    device, application = mapping(body.get("device_info")), mapping(body.get("application_info"))
    return Batch(
        body=body,
        user=user,
        identities=identities,
        odd_identities=odd,
        own_time=own_time,
        received_at=received_at,
        environment=environment,
        device=device,
        application=application,
        columns={
            **source.columns(),
            "environment": environment,
            "mpid": user.mpid,
            "login_identity": user.login_identity,
            "received_at": received_at,
            "source_line": line,
            "app_version": filled(application.get("application_version")),
            "app_build": filled(application.get("application_build_number")),
            "platform": filled(device.get("platform")) or filled(application.get("os")),
            "os_version": filled(device.get("os_version")),
        },
        geolocation=source.geolocation,
    )
