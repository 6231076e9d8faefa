"""Paths whose meaning the service publishes: field names of its Events API, and reserved names of identities.

Model and path names are free text in the schema. What is not here is told by the map (`mapping.py`); a path of one
word that is nothing else is an attribute of that name.
"""

from __future__ import annotations

from transforms.criteria.events.fields import COMMERCE_EVENT
from transforms.importing.findings import untranslatable
from transforms.importing.targets import Target
from transforms.vocabulary import IDENTITY_TYPES

#: The models that the published definitions name.
USER_MODELS = ("user", "users")
EVENT_MODELS = ("event", "events")

#: Identity names of the service's other interfaces, to those of the Events API.
_IDENTITY_ALIASES = {
    "customerid": "customer_id",
    "ios_idfa": "ios_advertising_id",
    "android_aaid": "android_advertising_id",
    "roku_aid": "roku_advertising_id",
    "fire_aid": "fire_advertising_id",
    "device_application_stamp": "mp_deviceid",
}
_LOCATION = {
    "country_code": "country",
    "region_code": "region",
    "city_name": "city",
    "postal_code": "postal_code",
    "dma_code": "dma",
}
_DEVICE = {
    "platform": "os",
    "os_version": "os_version",
    "brand": "brand",
    "device_manufacturer": "brand",
    "device_model": "model",
    "network_carrier": "carrier",
}

_USER = {
    **{f"location.{theirs}": Target("location", ours) for theirs, ours in _LOCATION.items()},
    **{f"device_info.{theirs}": Target("device", ours) for theirs, ours in _DEVICE.items()},
    **{
        f"attribution_info.{name}": Target("attribution", f"install.{name}")
        for name in ("publisher", "campaign")
    },
    "location": Target("point"),
    **{key: Target(key) for key in ("first_seen", "last_seen")},
}
_USER_FOLDERS = {"user_attributes": "attribute", "calculated_attributes": "calculated"}
#: Fields of a profile that no criterion looks at.
_NOT_OF_USERS = ("mpid", "is_opted_out", "limit_ad_tracking", "device_info.is_tablet")

_EVENT = {
    **{name: Target("name") for name in ("name", "event_name", "screen_name")},
    **{name: Target("event_type") for name in ("type", "event_type")},
    "custom_event_type": Target("type"),
    **{name: Target("time") for name in ("timestamp", "timestamp_unixtime_ms", "event_start_unixtime_ms")},
    **{name: Target("every") for name in ("id", "event_id", "source_message_id")},
    "product_action.action": Target("action"),
    "promotion_action.action": Target("promotion_action"),
    **{f"product_action.{name}": Target("where", name) for name in COMMERCE_EVENT.fields},
    "currency_code": Target("where", "currency_code"),
    "application_info.application_version": Target("app_version"),
    "application_info.application_build_number": Target("app_build"),
    "device_info.platform": Target("platform"),
    "device_info.os_version": Target("os_version"),
    "session_duration_ms": Target("length"),
}
_EVENT_FOLDERS = {
    "attributes": "attribute",
    "custom_attributes": "attribute",
    "product_action.products": "product",
    "promotion_action.promotions": "promotion",
}
#: Fields of an event that no criterion looks at.
_NOT_OF_EVENTS = (
    "session_id",
    "session_uuid",
    "session_start_unixtime_ms",
    "event_num",
    "mpid",
    "batch_id",
    "is_first_run",
    "is_upgrade",
    "canonical_name",
    "data_connection_type",
    "lifetime_value_change",
)


def user_target(path: str, at: str) -> Target:
    """What a path of a user means. Raises NotTranslatedError."""
    known = _USER.get(path) or _identity(path)
    if known is not None:
        return known
    folder, _, name = path.partition(".")
    if folder in _USER_FOLDERS and name:
        return Target(_USER_FOLDERS[folder], name)
    if folder == "consent_state" and "." in name:
        return Target("consent", name.removesuffix(".consented"))
    if path in _NOT_OF_USERS or folder in ("consent_state", "device_info", "location"):
        raise untranslatable(at, f"no criterion looks at `{path[:60]}` of a user")
    return _attribute(path, at)


def event_target(path: str, at: str) -> Target:
    """What a path of an event means. Raises NotTranslatedError."""
    known = _EVENT.get(path)
    if known is not None:
        return known
    for folder, role in _EVENT_FOLDERS.items():
        name = path.removeprefix(f"{folder}.")
        if name not in ("", path):
            custom = name.removeprefix("custom_attributes.")
            is_custom = role in ("product", "promotion") and custom != name
            return Target(role, f"attribute.{custom}" if is_custom else name)
    if path in _NOT_OF_EVENTS or path.startswith("custom_flags."):
        raise untranslatable(at, f"no criterion looks at `{path[:60]}` of an event")
    return _attribute(path, at)


def _identity(path: str) -> Target | None:
    for folder in ("user_identities.", "device_info.", ""):
        name = path.removeprefix(folder).lower()
        name = _IDENTITY_ALIASES.get(name, name)
        if path.startswith(folder) and name in IDENTITY_TYPES:
            return Target("identity", name)
    return None


def _attribute(path: str, at: str) -> Target:
    if "." in path:
        raise untranslatable(
            at, f"what `{path[:60]}` means is not published: name it below `paths` of the model in the map"
        )
    return Target("attribute", path)
