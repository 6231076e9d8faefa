"""From landing records to events and statements: users, times, copies (spec §2.2–2.4)."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from tests.support.oracle.places import attribution_of, device_of, filled, locations_said
from tests.support.oracle.records import Event, Lake, Landed, Order, Statement, User, Value, World
from tests.support.oracle.values import attribute_value, lower, written

USER_TYPES = (
    *("other", "customer_id", "facebook", "twitter", "google", "microsoft", "yahoo", "email", "alias"),
    "facebook_custom_audience_id",
    *(f"other_id_{number}" for number in range(2, 11)),
    *("mobile_number", "phone_number_2", "phone_number_3"),
)
DEVICE_TYPES = (
    *("android_uuid", "android_advertising_id", "ios_advertising_id", "ios_idfv", "push_token", "amp_id"),
    *("roku_advertising_id", "roku_publisher_id", "microsoft_advertising_id", "microsoft_publisher_id"),
    "fire_advertising_id",
)
EVENT_FIELDS = (
    *("total_amount", "tax_amount", "shipping_amount", "transaction_id", "coupon_code", "affiliation"),
    *("currency_code", "screen_name"),
)
PRODUCT_FIELDS = (
    *("id", "name", "brand", "category", "variant", "position", "price", "quantity", "coupon_code"),
    "total_product_amount",
)
PROMOTION_FIELDS = ("id", "name", "creative", "position")

_INTEGER = re.compile(r"-?[0-9]+")
_EPOCH = datetime(1970, 1, 1)
_END_OF_TIME = datetime(2200, 1, 1)
_FIRST_MILLISECONDS = 10**11


def digest_mpid(identity: str) -> int:
    """The first 8 bytes of SHA-256 of `type:value` as a signed big-endian integer."""
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big", signed=True)


def instant_of(value: Any) -> datetime | None:
    """Epoch milliseconds, or seconds below 10¹¹, as number or text; None where missing or out of range."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not _INTEGER.fullmatch(str(value)):
        return None
    count = int(value)
    milliseconds = count if abs(count) >= _FIRST_MILLISECONDS else count * 1000
    if not 0 <= milliseconds < (_END_OF_TIME - _EPOCH) // timedelta(milliseconds=1):
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)


def mpid_of(value: Any) -> int | None:
    """A signed 64-bit integer, as number or text."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not _INTEGER.fullmatch(str(value)):
        return None
    number = int(value)
    return number if -(2**63) <= number < 2**63 else None


def identities_of(batch: dict[str, Any]) -> list[tuple[str, str | None]]:
    """User identities in the order written, in both spellings."""
    identities = batch.get("user_identities") or {}
    if isinstance(identities, dict):
        return [(name, None if value is None else written(value)) for name, value in identities.items()]
    pairs = [
        (
            item.get("identity_type") or item.get("type"),
            item["identity"] if "identity" in item else item["value"],
        )
        for item in identities
    ]
    return [(name, None if value is None else written(value)) for name, value in pairs]


def user_of(batch: dict[str, Any], login_types: tuple[str, ...]) -> User | None:
    """The mpid, else the first login identity in the settings' order, else nobody."""
    mpid = mpid_of(batch.get("mpid"))
    if mpid is not None:
        return User(mpid)
    identities = dict(identities_of(batch))
    for login_type in login_types:
        value = identities.get(login_type)
        if value is not None:
            return User(None, f"{login_type}:{value}")
    return None


class _Ingest:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.login_types = tuple(settings.get("login_identities", ("customer_id",)))
        self.has_database = "ip_geolocation" in settings
        self.events: list[Event] = []
        self.statements: list[Statement] = []
        self.seen_ids: set[tuple[Any, ...]] = set()
        self.ordinals: Counter[tuple[str, ...]] = Counter()
        self.quarantined_records = 0
        self.quarantined_events = 0
        self.duplicates = 0

    def add(self, landed: Landed) -> None:
        batch = landed.batch
        user = user_of(batch, self.login_types)
        own_time = instant_of(batch.get("timestamp_unixtime_ms"))
        if user is None:
            self.quarantined_records += 1
            self.quarantined_events += len(batch.get("events") or [])
            return
        received_at = own_time or landed.arrived_at
        timed: list[tuple[int, datetime, dict[str, Any]]] = []
        for index, raw in enumerate(batch.get("events") or []):
            data = raw.get("data") or {}
            sent = data.get("timestamp_unixtime_ms")
            at = own_time if sent is None else instant_of(sent)
            if at is None:
                self.quarantined_events += 1
            else:
                timed.append((index, at, raw))
        holds_from = max((at for _, at, _ in timed), default=received_at)
        record = _Record(landed, user, received_at, holds_from, self.has_database)
        for index, at, raw in timed:
            self._event(record, index, at, raw)
        self.statements.extend(record.statements(timed))

    def _event(self, record: _Record, index: int, at: datetime, raw: dict[str, Any]) -> None:
        landed = record.landed
        data = raw.get("data") or {}
        event_id = data.get("event_id")
        if event_id is None:
            event_id = data.get("source_message_id")
        if event_id is None:
            content = json.dumps([str(record.user), raw, str(at)], sort_keys=True)
            place = (landed.workspace, landed.input, landed.path, content)
            self.ordinals[place] += 1
            event_id = ("content", content, self.ordinals[place])
        else:
            event_id = written(event_id)
        identity = (landed.workspace, landed.input, event_id, at.date())
        if identity in self.seen_ids:
            self.duplicates += 1
            return
        self.seen_ids.add(identity)
        self.events.append(record.event(index, at, raw))


class _Record:
    def __init__(
        self, landed: Landed, user: User, received_at: datetime, holds_from: datetime, has_database: bool
    ) -> None:
        self.landed = landed
        self.user = user
        self.received_at = received_at
        self.holds_from = holds_from
        self.environment = landed.batch.get("environment") or "production"
        self.has_database = has_database

    def order(self, position: int) -> Order:
        place = f"{self.landed.workspace}/{self.landed.input}"
        return Order(self.received_at, place, self.landed.path, self.landed.line, position)

    def event(self, index: int, at: datetime, raw: dict[str, Any]) -> Event:
        data = raw.get("data") or {}
        action, products, promotions = (
            _commerce(data) if raw["event_type"] == "commerce_event" else (None, [], [])
        )
        fields = {**data, **(data.get("product_action") or {})}
        return Event(
            user=self.user,
            workspace=self.landed.workspace,
            input=self.landed.input,
            environment=self.environment,
            at=at,
            order=self.order(index),
            event_type=raw["event_type"],
            data=data,
            batch_fields=_batch_fields(self.landed.batch),
            action=action,
            products=tuple(_line(product, PRODUCT_FIELDS) for product in products),
            promotions=tuple(_line(promotion, PROMOTION_FIELDS) for promotion in promotions),
            attributes=_texts(data.get("custom_attributes") or {}),
            fields={name: written(fields[name]) for name in EVENT_FIELDS if fields.get(name) is not None},
        )

    def statements(self, timed: list[tuple[int, datetime, dict[str, Any]]]) -> list[Statement]:
        said: list[Statement] = []

        def say(kind: str, key: tuple[str, ...], value: Any, at: datetime, removed: bool = False) -> None:
            statement = Statement(
                user=self.user,
                workspace=self.landed.workspace,
                environment=self.environment,
                said_at=at,
                order=self.order(len(said)),
                kind=kind,
                key=key,
                value=value,
                removed=removed,
            )
            said.append(statement)

        batch = self.landed.batch
        say("seen", (), None, self.holds_from)
        for _, at, raw in sorted(timed, key=lambda item: (item[1], item[0])):
            data = raw.get("data") or {}
            if raw["event_type"] == "user_attribute_change":
                name = data["user_attribute_name"]
                value = attribute_value(data.get("new"))
                say("attribute", (lower(name),), (name, value), at, removed=data.get("deleted") is True)
            elif raw["event_type"] == "user_identity_change":
                new = data["new"]
                value = new.get("identity")
                say("identity", (new["identity_type"],), value, at, removed=value is None)
        for name, value in (batch.get("user_attributes") or {}).items():
            say("attribute", (lower(name),), (name, attribute_value(value)), self.holds_from)
        for name in batch.get("deleted_user_attributes") or []:
            say("attribute", (lower(name),), (name, None), self.holds_from, removed=True)
        for identity_type, value in identities_of(batch):
            say("identity", (identity_type,), value, self.holds_from, removed=value is None)
        device = batch.get("device_info") or {}
        for identity_type in DEVICE_TYPES:
            if filled(device.get(identity_type)) is not None:
                say("identity", (identity_type,), written(device[identity_type]), self.holds_from)
        if filled(batch.get("mp_deviceid")) is not None:
            say("identity", ("mp_deviceid",), written(batch["mp_deviceid"]), self.holds_from)
        for regulation, purposes in (batch.get("consent_state") or {}).items():
            for purpose, consent in purposes.items():
                at = instant_of(consent.get("timestamp_unixtime_ms")) or self.holds_from
                say("consent", (lower(regulation), lower(purpose)), consent["consented"], at)
        known = device_of(batch)
        if known is not None:
            say("device", known[0], known[1], self.holds_from)
        for kind, at, parts in locations_said(batch, timed, self.holds_from, self.has_database):
            say(kind, (), parts, at)
        if attribution_of(batch.get("attribution_info")) != (None, None):
            say("attribution", (), attribution_of(batch.get("attribution_info")), self.holds_from)
        return said


def _commerce(data: dict[str, Any]) -> tuple[str | None, list[dict[str, Any]], list[dict[str, Any]]]:
    if data.get("product_action"):
        action = data["product_action"]
        return action["action"], action.get("products") or [], []
    if data.get("promotion_action"):
        action = data["promotion_action"]
        return f"promotion_{action['action']}", [], action.get("promotions") or []
    impressions = data.get("product_impressions") or []
    return "impression", [product for shown in impressions for product in shown.get("products") or []], []


def _line(raw: dict[str, Any], names: tuple[str, ...]) -> dict[str, Value]:
    """A product line or a promotion: its own fields by name, custom attributes as `attribute.NAME`."""
    line: dict[str, Value] = {name: written(raw[name]) for name in names if raw.get(name) is not None}
    attributes = _texts(raw.get("custom_attributes") or {})
    return {**{f"attribute.{name}": value for name, value in attributes.items()}, **line}


def _texts(attributes: dict[str, Any]) -> dict[str, Value]:
    return {name: None if value is None else written(value) for name, value in attributes.items()}


def _batch_fields(batch: dict[str, Any]) -> dict[str, str]:
    """What the batch says of its device and application; as in profiles, an empty field says nothing."""
    application = batch.get("application_info") or {}
    device = batch.get("device_info") or {}
    fields = {
        "app_version": filled(application.get("application_version")),
        "app_build": filled(application.get("application_build_number")),
        "platform": filled(device.get("platform")) or filled(application.get("os")),
        "os_version": filled(device.get("os_version")),
    }
    return {name: text for name, text in fields.items() if text is not None}


def ingest(world: World) -> Lake:
    """All landing records in their order; what can't be used is counted, not kept."""
    state = _Ingest(world.settings)
    for landed in world.landing:
        state.add(landed)
    return Lake(
        tuple(state.events),
        tuple(state.statements),
        state.quarantined_records,
        state.quarantined_events,
        state.duplicates,
    )
