"""One event of a batch as a row of lake/events."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from transforms.ingest.batch import mapping
from transforms.ingest.commerce import CommerceFields, read_commerce
from transforms.ingest.rejection import Rejected
from transforms.ingest.values import canonical_json, filled, read_epoch, to_json, to_text, truth, whole

if TYPE_CHECKING:
    from transforms.ingest.batch import Batch
    from transforms.ingest.identities import User

READ_OF_DATA = frozenset(
    {
        "timestamp_unixtime_ms",
        "event_id",
        "custom_event_type",
        "custom_attributes",
        "screen_name",
        "currency_code",
    }
)


def read_event(event: Any, index: int, batch: Batch) -> dict[str, Any]:
    """What the row of one event has beside the columns of its batch. Rejected where it has no type or no usable time."""
    if not isinstance(event, dict):
        raise Rejected("event_not_an_object", "the event is not an object")
    data = event.get("data")
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise Rejected("data_not_an_object", "the event's `data` is not an object")
    event_type = filled(event.get("event_type"))
    if event_type is None:
        raise Rejected("no_event_type", "the event has no event_type")
    event_at = read_epoch(data.get("timestamp_unixtime_ms"))
    borrowed = event_at is None
    if event_at is None:
        event_at = batch.own_time
    if event_at is None:
        raise Rejected("no_time", "neither the event nor its batch has a usable time")
    attributes = data.get("custom_attributes")
    commerce = read_commerce(data) if event_type == "commerce_event" else CommerceFields()
    session = "session_uuid" if filled(data.get("session_uuid")) else "session_id"
    row = {
        **commerce.columns,
        "event_id": filled(data.get("event_id")) or filled(data.get("source_message_id")),
        "event_at": event_at,
        "event_type": event_type,
        "event_name": commerce.action if event_type == "commerce_event" else _name(event_type, data),
        "custom_type": filled(data.get("custom_event_type")),
        "currency_code": filled(data.get("currency_code")),
        "screen_name": filled(data.get("screen_name")),
        "session_id": filled(data.get(session)),
        "session_duration_ms": whole(data.get("session_duration_ms")),
        "is_first_run": truth(data.get("is_first_run")),
        "is_upgrade": truth(data.get("is_upgrade")),
        "source_index": index,
        **digests(canonical_json(event), batch, event_at if borrowed else None),
    }
    if isinstance(attributes, dict):
        row["attributes"] = [(name, to_text(value)) for name, value in attributes.items()]
    extra = _extra(event, data, session, commerce, row)
    if extra:
        row["extra"] = to_json(extra)
    return row


def _name(event_type: str, data: dict[str, Any]) -> str | None:
    match event_type:
        case "custom_event":
            return _text(data.get("event_name"))
        case "screen_view":
            names = (data.get(field) for field in ("screen_name", "event_name", "name"))
            return next((name for name in map(_text, names) if name), None)
        case _:
            return None


def _text(value: Any) -> str | None:
    return None if isinstance(value, dict | list) else to_text(value)


def digests(canonical: bytes, batch: Batch, borrowed_time: int | None) -> dict[str, Any]:
    """`content`, of which an event without id gets one, and `content_digest`, which tells copies that differ.

    Over the event, its user, and its time where that is the batch's.
    """
    return content_columns(canonical + digest_suffix(batch.user, borrowed_time))


def digest_suffix(user: User, borrowed_time: int | None) -> bytes:
    """What the digest of an event is taken over beside the event."""
    said = user.login_identity or str(user.mpid)
    return f"\n{said}\n{'' if borrowed_time is None else borrowed_time}".encode()


def content_digest(content: bytes) -> bytes:
    """The 16 bytes that tell contents apart; MD5, since every engine has it."""
    return hashlib.md5(content, usedforsecurity=False).digest()


def content_columns(content: bytes) -> dict[str, Any]:
    """The two columns that stand for an event's content."""
    digest = content_digest(content)
    return {"content": digest.hex(), "content_digest": int.from_bytes(digest[:8], "big", signed=True)}


def _extra(
    event: dict[str, Any],
    data: dict[str, Any],
    session: str,
    commerce: CommerceFields,
    row: dict[str, Any],
) -> dict[str, Any]:
    # A field is kept here unless a column holds all of it: a list as a name, say, is no name.
    extra = {name: value for name, value in event.items() if name not in ("data", "event_type")}
    for name, value in data.items():
        if name in commerce.read or (name in (*READ_OF_DATA, session) and not _is_lost(name, value)):
            continue
        if name in ("is_first_run", "is_upgrade", "session_duration_ms") and row[name] is not None:
            continue
        if name == "source_message_id" and row["event_id"] == to_text(value):
            continue
        if name == "event_name" and row["event_name"] == value:
            continue
        extra[name] = value
    extra.update(commerce.left)
    return extra


def _is_lost(name: str, value: Any) -> bool:
    if name == "custom_attributes":
        return value is not None and not isinstance(value, dict)
    return isinstance(value, dict | list)


def attributes_of(event: dict[str, Any]) -> dict[str, Any]:
    """The custom attributes of an event."""
    return mapping(mapping(event.get("data")).get("custom_attributes"))
