"""What a batch says of its user, as rows of lake/users (spec §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.ingest.batch import READ_FIELDS, Batch, mapping
from transforms.ingest.batch_events import attributes_of
from transforms.ingest.identities import Said, device_identity_type, identity_item, identity_type
from transforms.ingest.statements import Statement, Statements
from transforms.ingest.values import filled, to_json, to_text, truth, usable_epoch

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Fields of a device statement → fields of `device_info`, the first that is filled counts.
DEVICE_FIELDS = {
    "os_version": ("os_version",),
    "brand": ("brand", "device_manufacturer"),
    "model": ("device_model", "device"),
    "carrier": ("network_carrier",),
    "limit_ad_tracking": ("limit_ad_tracking",),
    "att_authorization_status": ("att_authorization_status",),
}
#: A device is known by the first of these (spec §2.4).
DEVICE_KEYS = (
    "mp_deviceid",
    "ios_idfv",
    "android_uuid",
    "android_advertising_id",
    "ios_advertising_id",
    "roku_advertising_id",
    "microsoft_advertising_id",
    "fire_advertising_id",
)
PLACE_FIELDS = {
    "country": "country_code",
    "region": "region_code",
    "city": "city_name",
    "postal_code": "postal_code",
    "dma": "dma_code",
}
READ_OF_DEVICE = frozenset(
    {"platform", "is_tablet", *(name for names in DEVICE_FIELDS.values() for name in names)}
)
READ_OF_APPLICATION = frozenset({"application_version", "application_build_number", "os"})
READ_OF_CONSENT = frozenset({"consented", "timestamp_unixtime_ms"})

#: Types whose every event may.
SAYING = frozenset({"user_attribute_change", "user_identity_change", "opt_out", "uninstall"})

#: An event that was read: its time, its place in the batch, and the event.
TimedEvent = tuple[int, int, dict[str, Any]]


def may_say(event_type: str, data: Mapping[str, Any]) -> bool:
    """Whether an event of this type, with this `data`, may say something of its user."""
    if event_type == "custom_event" and data.get("event_name") == "attribution":
        return True
    return event_type in SAYING or "location" in data


def batch_statements(
    batch: Batch, events: list[TimedEvent], newest: int | None, first: int = 0
) -> list[Statement]:
    """The statements of a batch, with positions from `first` on; `events` are those that may say something.

    What the batch says holds from `newest`, the time of its latest event, else from the batch's own time, else from
    arrival.
    """
    said_at = batch.received_at if newest is None else newest
    statements = Statements(first)
    for at, _, event in sorted(events, key=lambda timed: timed[:2]):
        _of_event(statements, at, event)
    left = {name: value for name, value in batch.body.items() if name not in READ_FIELDS}
    _identities(statements, said_at, batch, left)
    _attributes(statements, said_at, batch.body, left)
    _consents(statements, said_at, batch.body.get("consent_state"), left)
    _device(statements, said_at, batch, left)
    _context(statements, said_at, batch, left)
    if batch.body.get("events") is None:
        left.pop("events", None)
    statements.say(said_at, "seen", fields={"extra": to_json(left)} if left else None)
    return statements.rows


def _of_event(statements: Statements, at: int, event: dict[str, Any]) -> None:
    data = mapping(event.get("data"))
    match event["event_type"]:
        case "user_attribute_change":
            _attribute_change(statements, at, data)
        case "user_identity_change":
            _identity_change(statements, at, data)
        case "opt_out":
            out = truth(data.get("is_opted_out"))
            if out is not None:
                statements.say(at, "opt_out", value="true" if out else "false")
        case "uninstall":
            _attribution(statements, at, "uninstall", attributes_of(event), source="event")
        case "custom_event":
            kind = filled(data.get("custom_event_type")) or ""
            if kind.lower() == "attribution" and data.get("event_name") == "attribution":
                _attribution(statements, at, "install", attributes_of(event), source="event")
        case _:
            pass
    _location(statements, at, mapping(data.get("location")))


def _attribute_change(statements: Statements, at: int, data: dict[str, Any]) -> None:
    name = filled(data.get("user_attribute_name"))
    if name is None:
        return
    if truth(data.get("deleted")):
        statements.no_attribute(at, name)
    elif "new" in data:
        statements.attribute(at, name, data["new"])


def _identity_change(statements: Statements, at: int, data: dict[str, Any]) -> None:
    new, old = identity_item(data.get("new")), identity_item(data.get("old"))
    if new is not None:
        name, value = new
        if not isinstance(value, dict | list | bool):
            statements.identity(at, Said(identity_type(name), filled(value)))
    elif old is not None and data.get("new") is None:
        statements.identity(at, Said(identity_type(old[0]), None))


def _attribution(statements: Statements, at: int, name: str, given: dict[str, Any], *, source: str) -> None:
    # Senders write both `publisher` and `Publisher`.
    folded = {key.lower(): value for key, value in given.items()}
    found = {key: text for key in ("publisher", "campaign") if (text := filled(folded.get(key))) is not None}
    if found:
        statements.say(at, "attribution", name=name, fields={**found, "source": source})


def _identities(statements: Statements, said_at: int, batch: Batch, left: dict[str, Any]) -> None:
    for identity in batch.identities:
        statements.identity(said_at, identity)
    given = batch.body.get("user_identities")
    if batch.odd_identities:
        left["user_identities"] = batch.odd_identities
    elif given is not None and not isinstance(given, dict | list):
        left["user_identities"] = given


def _attributes(statements: Statements, said_at: int, body: dict[str, Any], left: dict[str, Any]) -> None:
    given = body.get("user_attributes")
    if isinstance(given, dict):
        for name, value in given.items():
            statements.attribute(said_at, name, value)
    elif given is not None:
        left["user_attributes"] = given
    deleted = body.get("deleted_user_attributes")
    if isinstance(deleted, list) and not any(isinstance(name, dict | list) for name in deleted):
        for name in map(to_text, deleted):
            if name is not None:
                statements.no_attribute(said_at, name)
    elif deleted is not None:
        left["deleted_user_attributes"] = deleted


def _consents(statements: Statements, said_at: int, given: Any, left: dict[str, Any]) -> None:
    odd: dict[str, Any] = {}
    for regulation, purposes in mapping(given).items():
        if not isinstance(purposes, dict):
            odd[regulation] = purposes
            continue
        for purpose, record in purposes.items():
            consented = truth(mapping(record).get("consented"))
            if record is None:
                statements.say(said_at, "consent", name=regulation, purpose=purpose, is_removed=True)
            elif consented is None:
                odd.setdefault(regulation, {})[purpose] = record
            else:
                at = usable_epoch(record.get("timestamp_unixtime_ms"))
                rest = {
                    name: text
                    for name, value in record.items()
                    if name not in READ_OF_CONSENT and (text := to_text(value)) is not None
                }
                statements.say(
                    said_at if at is None else at,
                    "consent",
                    name=regulation,
                    purpose=purpose,
                    consented=consented,
                    fields=rest,
                )
    if odd:
        left["consent_state"] = odd
    elif given is not None and not isinstance(given, dict):
        left["consent_state"] = given


def _device(statements: Statements, said_at: int, batch: Batch, left: dict[str, Any]) -> None:
    device, application = batch.device, batch.application
    identities: dict[str, str] = {}
    read = set(READ_OF_DEVICE)
    own = filled(batch.body.get("mp_deviceid"))
    if own is not None:
        identities["mp_deviceid"] = own
    for name, value in device.items():
        kind = device_identity_type(name)
        if kind is not None and not isinstance(value, dict | list):
            read.add(name)
            text = filled(value)
            if text is not None:
                identities.setdefault(kind, text)
    for kind, value in identities.items():
        statements.identity(said_at, Said(kind, value))

    fields = _device_fields(device, filled(device.get("platform")) or filled(application.get("os")))
    if identities or fields:
        own_id = {"mp_deviceid": identities["mp_deviceid"]} if "mp_deviceid" in identities else {}
        key = _device_key(identities, fields)
        statements.say(said_at, "device", value=key, fields={**own_id, **fields})
    app = {
        "version": filled(application.get("application_version")),
        "build": filled(application.get("application_build_number")),
    }
    known = {name: value for name, value in app.items() if value is not None}
    if known:
        statements.say(said_at, "app", fields=known)
    _leave(left, "device_info", batch.body.get("device_info"), read)
    _leave(left, "application_info", batch.body.get("application_info"), READ_OF_APPLICATION)


def _device_fields(device: dict[str, Any], system: str | None) -> dict[str, str]:
    fields = {} if system is None else {"os": system}
    for field, names in DEVICE_FIELDS.items():
        for name in names:
            text = filled(device.get(name))
            if text is not None:
                fields[field] = text
                break
    tablet = truth(device.get("is_tablet"))
    if tablet is not None:
        fields["type"] = "tablet" if tablet else "phone"
    return fields


def _device_key(identities: dict[str, str], fields: dict[str, str]) -> str:
    for kind in DEVICE_KEYS:
        if kind in identities:
            return f"{kind}:{identities[kind]}"
    return "model:" + to_json([fields.get(name) for name in ("brand", "model", "os")])


def _context(statements: Statements, said_at: int, batch: Batch, left: dict[str, Any]) -> None:
    _location(statements, said_at, mapping(batch.context.get("location")))
    _location_of_ip(statements, said_at, batch)
    _attribution(statements, said_at, "install", mapping(batch.body.get("attribution_info")), source="batch")
    for name in ("context", "batch_context", "attribution_info"):
        if batch.body.get(name):
            left[name] = batch.body[name]


def _location(statements: Statements, at: int, location: dict[str, Any]) -> None:
    place = {
        field: text
        for field, name in PLACE_FIELDS.items()
        if (text := filled(location.get(name))) is not None
    }
    if place:
        statements.say(at, "location", fields=place)
    latitude, longitude = filled(location.get("latitude")), filled(location.get("longitude"))
    if latitude is not None and longitude is not None:
        statements.say(at, "coordinates", fields={"latitude": latitude, "longitude": longitude})


def _location_of_ip(statements: Statements, at: int, batch: Batch) -> None:
    """Where the batch's IP address lies: the address, the coordinates or both, whatever no part of it brings."""
    address = filled(batch.body.get("ip"))
    if batch.geolocation is None or address is None:
        return
    brought = {row.statement for row in statements.rows}
    located = batch.geolocation.locate(address)
    for statement, fields in (("location", located.place), ("coordinates", located.point)):
        if fields and statement not in brought:
            statements.say(at, statement, fields=fields)


def _leave(left: dict[str, Any], name: str, value: Any, read: set[str] | frozenset[str]) -> None:
    if isinstance(value, dict):
        rest = {key: item for key, item in value.items() if key not in read or isinstance(item, dict | list)}
        if rest:
            left[name] = rest
    elif value is not None:
        left[name] = value
