"""Devices, locations, attributions and IP addresses of generated worlds, full of what goes wrong."""

from __future__ import annotations

from random import Random
from typing import Any

#: Where the database of addresses lies below the data folder, where a world has one.
DATABASE = "geo/cities.mmdb"


def _record(
    country: str, region: str, city: str | None, latitude: float, longitude: float, **more: Any
) -> dict[str, Any]:
    place: dict[str, Any] = {
        "country": {"iso_code": country},
        "subdivisions": [{"iso_code": region}, {"iso_code": "smaller"}],
        "location": {"latitude": latitude, "longitude": longitude, **more},
    }
    return place if city is None else {**place, "city": {"names": {"en": city, "de": "anders"}}}


#: Network → record, as GeoLite2-City has them; a network inside another comes after it.
NETWORKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("198.51.100.0/24", {**_record("FR", "IDF", "Paris", 48.8566, 2.3522), "postal": {"code": "75001"}}),
    ("198.51.100.64/26", _record("US", "TX", "Paris", 33.66, -95.55, metro_code=657)),
    ("2001:db8::/32", _record("DE", "BY", "Münster's {{ 1+1 }}", 48.1375, 11.575)),
    ("203.0.113.0/25", {"country": {"iso_code": "US"}, "location": {"latitude": 37.751}}),
    ("203.0.113.0/30", {"location": {"latitude": -33.9, "longitude": 18.4}, "traits": {"isp": "none"}}),
)
ADDRESSES = (
    *("198.51.100.1", "198.51.100.63", "198.51.100.64", "198.51.100.127", "198.51.100.200"),
    *("2001:db8::5", "2001:db9::5", "203.0.113.3", "203.0.113.99", "203.0.113.200", "192.0.2.1"),
    *("", "unknown", "198.51.100", None),
)

_BRANDS = ("Apple", "apple", "Samsung", "it's {{ 1+1 }}", "Größe", "")
_MODELS = ("iPhone6,1", "SM-A10", "Pixel 8", "100%_pro", 8)
_CARRIERS = ("AT&T", "at&t", "Télé2", "", None)
_PLATFORMS = ("iOS", "Android", "web", "tvOS", "")
_COUNTRIES = ("FR", "fr", "US", "DE", "")
_REGIONS = ("IDF", "TX", "BY", "11")
_CITIES = ("Paris", "PARIS", "Lyon", "İstanbul", "Saint-Denis", "São Paulo")
_POSTAL_CODES = ("75001", 75001, "07001", "W1A 1AA")
_DMAS = (657, "657", 501)
#: Near Paris, across the date line, at a pole, and what is no place.
_POINTS: tuple[tuple[Any, Any], ...] = (
    *((48.85341, 2.3488), ("48.85341", "2.3488"), (48.8, 2.13), (48.9, "2.6"), (49.2, 3.0), (45.75, 4.85)),
    *((33.66094, -95.55551), (33.7, -95.6), (0, 179.9), (0, -179.9), (-90, 0), (90, 45), (0, 0)),
    *((" 48.85 ", "+2.35"), ("4885e-2", 2.35), (48.123456789123, -2.1234567894)),
    *(
        (91, 0),
        (-90.0000000001, 0),
        (48.8, 180.1),
        ("north", 2),
        (48.8, None),
        ("", ""),
        ("48,8", 2),
        (True, 2),
    ),
)
_PUBLISHERS = ("Northwind Ads", "northwind ads", "it's", "", None)
_CAMPAIGNS = ("spring", "Summer 50%", "{{ 1+1 }}", "", 7)


class Places:
    """Adds to batches; its own random, so that the rest of a world does not depend on it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"places {seed}")

    def settings(self) -> dict[str, Any]:
        """What milepost.yml says of them."""
        return {"ip_geolocation": DATABASE} if self.random.random() < 0.6 else {}

    def add(self, batch: dict[str, Any]) -> None:
        """A device, where it was, who brought it: each now and then."""
        random = self.random
        if random.random() < 0.5:
            batch["device_info"] = {**batch.get("device_info", {}), **self._some(self._device())}
        if random.random() < 0.1:
            batch["mp_deviceid"] = random.choice(["stamp-1", "stamp-2", ""])
        if random.random() < 0.25:
            batch[random.choice(["context", "batch_context"])] = {"location": self._location()}
        if random.random() < 0.35:
            batch["ip"] = random.choice(ADDRESSES)
        if random.random() < 0.2:
            batch["attribution_info"] = {"service_provider": "s", **self._attribution()}
        for raw in batch.get("events", []):
            self._add_to_event(raw)

    def _add_to_event(self, raw: dict[str, Any]) -> None:
        random, data = self.random, raw["data"]
        if random.random() < 0.12:
            data["location"] = self._location()
        if raw["event_type"] == "custom_event" and random.random() < 0.08:
            data["event_name"] = random.choice(["attribution", "attribution", "attribution", "re-engagement"])
            data["custom_event_type"] = random.choice(["attribution", "Attribution", "other"])
            data["custom_attributes"] = {**data.get("custom_attributes", {}), **self._attribution()}
        elif random.random() < {"session_start": 0.05, "profile": 0.7, "screen_view": 0.2}.get(
            raw["event_type"], 0
        ):
            raw["event_type"] = "uninstall"
            data["custom_attributes"] = {**data.get("custom_attributes", {}), **self._attribution()}

    def _some(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if self.random.random() < 0.5}

    def _device(self) -> dict[str, Any]:
        choice = self.random.choice
        return {
            "platform": choice(_PLATFORMS),
            "brand": choice(_BRANDS),
            "device_manufacturer": choice(_BRANDS),
            "device_model": choice(_MODELS),
            "device": choice(["Ana's", ""]),
            "network_carrier": choice(_CARRIERS),
            "is_tablet": choice([True, False, False, "true", "no", None]),
            "os_version": choice(["17.2", "9", 9, ""]),
            "ios_idfv": choice(["AAAA-1", "bbbb-2", "", None]),
            "android_uuid": choice(["u-1", "u-2"]),
            "ios_advertising_id": choice(["IDFA-1", "IDFA-2"]),
            "push_token": choice(["p-1", "p-2"]),
        }

    def _location(self) -> dict[str, Any]:
        choice = self.random.choice
        names = {
            "country_code": choice(_COUNTRIES),
            "region_code": choice(_REGIONS),
            "city_name": choice(_CITIES),
            "postal_code": choice(_POSTAL_CODES),
            "dma_code": choice(_DMAS),
        }
        found = self._some(names) if self.random.random() < 0.7 else {}
        if self.random.random() < 0.7:
            found["latitude"], found["longitude"] = choice(_POINTS)
        return found

    def _attribution(self) -> dict[str, Any]:
        choice = self.random.choice
        spelling = choice([str.lower, str.title])
        fields = {spelling("publisher"): choice(_PUBLISHERS), spelling("campaign"): choice(_CAMPAIGNS)}
        return {name: value for name, value in fields.items() if self.random.random() < 0.75}
