"""Words that stages share: identity types, kinds of statements, the order of writes."""

from __future__ import annotations

#: Of a user identity type the newest value holds; of a device identity type every value ever seen does.
USER_IDENTITY_TYPES = (
    "other",
    "customer_id",
    "facebook",
    "twitter",
    "google",
    "microsoft",
    "yahoo",
    "email",
    "alias",
    "facebook_custom_audience_id",
    *(f"other_id_{number}" for number in range(2, 11)),
    "mobile_number",
    "phone_number_2",
    "phone_number_3",
)
DEVICE_IDENTITY_TYPES = (
    "android_uuid",
    "android_advertising_id",
    "ios_advertising_id",
    "ios_idfv",
    "push_token",
    "amp_id",
    "roku_advertising_id",
    "roku_publisher_id",
    "microsoft_advertising_id",
    "microsoft_publisher_id",
    "fire_advertising_id",
    "mp_deviceid",
)
IDENTITY_TYPES = (*USER_IDENTITY_TYPES, *DEVICE_IDENTITY_TYPES)

#: Kinds of statements in `lake/users`.
#: seen: a record was received; its `extra` field in `fields` keeps unknown top-level fields (JSON).
#: attribute: `name`, and `value` or `elements` (both null: a tag), or `is_removed`.
#: identity: `name` is the identity type (Events API name), `value`, or `is_removed`.
#: consent: `name` is the regulation, `purpose`, `consented`.
#: device: `value` is the device's key, `fields`: mp_deviceid, os, os_version, brand, model, type, carrier,
#:   limit_ad_tracking, att_authorization_status.
#: app: `fields`: version, build. location: `fields`: country, region, city, postal_code, dma.
#: coordinates: `fields`: latitude, longitude. Both with `source` ip where an IP address told them.
#: attribution: `name` is install or uninstall, `fields`: publisher, campaign. opt_out: `value` is true or false.
STATEMENTS = (
    "seen",
    "attribute",
    "identity",
    "consent",
    "device",
    "app",
    "location",
    "coordinates",
    "attribution",
    "opt_out",
)

#: What decides which write of a value is the newest (spec §2.4), the most important first.
WRITE_ORDER = ("said_at", "received_at", "input", "source_path", "source_line", "position")
#: The same of events.
EVENT_WRITE_ORDER = ("event_at", "received_at", "input", "source_path", "source_line", "source_index")
