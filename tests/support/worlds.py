"""Small worlds from a seed, full of what goes wrong: edges of windows, odd values, copies, strange names."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.support.oracle.records import Landed, World
from tests.support.world_calculated import rating_batches
from tests.support.world_files import with_files
from tests.support.world_memberships import with_memberships
from tests.support.world_places import Places
from tests.support.world_stories import story
from tests.support.world_values import (
    ACTIONS,
    EVENT_ATTRIBUTES,
    EVENT_NAMES,
    JSON_NUMBERS,
    ODD_NUMBERS,
    PURPOSES,
    SCREENS,
    TEXTS,
    TYPES,
    USER_ATTRIBUTES,
    VERSIONS,
)

MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
INPUTS = (("shop", "ios"), ("shop", "web"), ("club", "till"))
_WITHOUT_ATTRIBUTES = (
    "user_attribute_change",
    "user_identity_change",
    "breadcrumb",
    "profile",
    "future_type",
)
FILES = ("2024/01/batches.json", "2024/02/batches.json")

#: Distances before as_of at which criteria have their edges.
EDGES = tuple(
    timedelta(minutes=minutes)
    for minutes in (0, 90, 12 * 60, *(days * 24 * 60 for days in (1, 2, 3, 4, 6, 7, 14, 30, 45, 60, 90)))
)


@dataclass(frozen=True)
class Scene:
    """A world and the instant at which it is looked at."""

    world: World
    as_of: datetime


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds."""
    return (at - datetime(1970, 1, 1)) // MILLISECOND


class _Maker:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(f"world {seed}")
        midnight = datetime(2024, 3, 10) + self.random.randrange(400) * DAY
        self.as_of = midnight + self.random.choice(
            [
                timedelta(0),
                timedelta(0),
                timedelta(hours=13),
                timedelta(hours=23, minutes=59, milliseconds=7),
                timedelta(microseconds=1),
                timedelta(hours=3, minutes=4, seconds=5, microseconds=678_901),
                timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999),
            ]
        )
        self.serial = 0
        self.places = Places(seed)
        ends = (-(2**63), 2**63 - 1, 0, -1, 1)
        self.mpids = [
            *ends,
            *(self.random.randrange(-(2**63), 2**63) for _ in range(self.random.randint(25, 45))),
        ]
        self.customers = [f"c{number}" for number in range(len(self.mpids) // 2)] + ["it's {{ 1+1 }}", "Ünal"]

    def settings(self) -> dict[str, Any]:
        random = self.random
        workspaces: dict[str, Any] = {}
        for workspace, name in INPUTS:
            kind = "feed" if name == "till" else "platform"
            workspaces.setdefault(workspace, {"inputs": {}})["inputs"][name] = {
                "kind": kind,
                "format": "batches",
            }
        settings: dict[str, Any] = {"project": "generated", "workspaces": workspaces}
        settings["event_lookback"] = random.choice(["30 days", "unlimited", "90 days"])
        if random.random() < 0.3:
            settings["profile_lifetime"] = random.choice(["45 days", "60 days"])
        settings["evaluate_development"] = random.random() < 0.3
        settings["event_tiers"] = {"Heartbeat": "preserve"}
        if random.random() < 0.25:
            settings["login_identities"] = ["customer_id", "mobile_number"]
        return {**settings, **self.places.settings()}

    def at(self) -> datetime:
        """An instant, mostly on an edge or one millisecond beside it; sometimes after as_of."""
        random = self.random
        if random.random() < 0.65:
            edge = random.choice(EDGES)
            at = self.as_of - edge
            if random.random() < 0.25:
                at = datetime(at.year, at.month, at.day)
            return at + random.choice([-1, 0, 1]) * MILLISECOND
        return self.as_of - timedelta(milliseconds=random.randrange(-2 * 86_400_000, 70 * 86_400_000))

    def time(self, at: datetime) -> int | str:
        count: int | str = milliseconds(at)
        if count % 1000 == 0 and self.random.random() < 0.1:
            count //= 1000
        return str(count) if self.random.random() < 0.1 else count

    def date_text(self) -> Any:
        at, random = self.at(), self.random
        forms = [
            at.strftime("%Y-%m-%d"),
            at.strftime("%Y-%m-%dT%H:%M"),
            at.strftime("%Y-%m-%d %H:%M:%S"),
            at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
            at.strftime("%Y-%m-%d %H:%M:%S.%f") + "999",
            (at + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.%f+05:30"),
            (at - timedelta(hours=8)).strftime("%Y-%m-%d %H:%M-08:00"),
            str(milliseconds(at)),
            milliseconds(at),
            random.choice(
                ["2024-02-30", "2024-1-1", "2024-03-01Z", "20240301", "1709164800", "2024-03-01T24:00", ""]
            ),
        ]
        return random.choice(forms)

    def scalar(self, kind: str) -> Any:
        random = self.random
        if random.random() < 0.06:
            return None
        if random.random() < 0.08 or kind == "mixed":
            kind = random.choice(["text", "number", "odd", "date", "boolean", "version"])
        match kind:
            case "text":
                return random.choice(TEXTS[:5]) if random.random() < 0.4 else random.choice(TEXTS)
            case "odd":
                return random.choice(ODD_NUMBERS)
            case "number":
                if random.random() < 0.25:
                    return random.choice(ODD_NUMBERS)
                number = random.choice([*JSON_NUMBERS, random.randrange(100), random.randrange(1000) / 8])
                return str(number) if random.random() < 0.3 else number
            case "date":
                return self.date_text()
            case "boolean":
                return random.choice([True, False, True, False, "true", "FALSE", "True", "yes", 1, " true"])
            case "version":
                return random.choice(VERSIONS)
            case _:
                raise AssertionError(kind)

    def event_attributes(self) -> dict[str, Any]:
        chosen = self.random.sample(sorted(EVENT_ATTRIBUTES), self.random.randint(0, 5))
        return {name: self.scalar(EVENT_ATTRIBUTES[name]) for name in chosen}

    def line(self) -> dict[str, Any]:
        """A product line: missing fields, numbers as numbers and as text, attributes of its own."""
        random = self.random
        line: dict[str, Any] = {
            "id": random.choice(["sku-1", "SKU-1", "sku-2", 7]),
            "category": random.choice(["shoes", "Shoes/Run", "straße", ""]),
            "price": random.choice([5, 7.5, "7.50", "abc", 0.1, "9" * 29, " 12 "]),
            "quantity": random.choice([1, 2, 2.5, "3", 0]),
            "brand": random.choice(["{{ 1+1 }}", "it's"]),
            "coupon_code": "TEN%",
        }
        kept = {name: value for name, value in line.items() if random.random() < 0.75}
        if random.random() < 0.4:
            kept["custom_attributes"] = {"color": random.choice(["red", "Red", None, 5]), "price": "1"}
        return kept

    def commerce(self) -> dict[str, Any]:
        random = self.random
        lines = [self.line() for _ in range(random.choice([0, 1, 1, 2, 3]))]
        kind = random.random()
        if kind < 0.7:
            action: dict[str, Any] = {"action": random.choice(ACTIONS), "products": lines}
            for name, values in {
                "total_amount": [10, 10.5, "10.50", "abc", 1e3, "9" * 29],
                "tax_amount": [1, 0.99],
                "transaction_id": ["t1", 17, "T1"],
                "coupon_code": ["TEN%", "ten%", ""],
                "affiliation": ["Höhle", "store"],
            }.items():
                if random.random() < 0.5:
                    action[name] = random.choice(values)
            return {"product_action": action, "currency_code": random.choice(["EUR", "usd"])}
        if kind < 0.85:
            promotions = [
                {
                    "id": random.choice(["p1", "P2"]),
                    "name": random.choice(["Sale 50%", "{{ x }}"]),
                    "position": "top",
                }
                for _ in range(random.choice([1, 2]))
            ]
            action = {"action": random.choice(["view", "click"]), "promotions": promotions}
            return {"promotion_action": action, "screen_name": random.choice(SCREENS)}
        return {"product_impressions": [{"product_impression_list": "list", "products": lines}]}

    def event(self, at: datetime) -> dict[str, Any]:
        random = self.random
        data: dict[str, Any] = {"timestamp_unixtime_ms": self.time(at)}
        if random.random() < 0.02:
            data["timestamp_unixtime_ms"] = random.choice([-(10**12), 7_300_000_000_000, "soon"])
        kind = random.random()
        if kind < 0.5:
            event_type = "custom_event"
            data |= {"event_name": random.choice(EVENT_NAMES), "custom_event_type": random.choice(TYPES)}
        elif kind < 0.6:
            event_type = "screen_view"
            data["screen_name" if random.random() < 0.8 else "event_name"] = random.choice(SCREENS)
        elif kind < 0.88:
            event_type = "commerce_event"
            data |= self.commerce()
        elif kind < 0.93:
            event_type = "user_attribute_change"
            name = random.choice(sorted(USER_ATTRIBUTES))
            data |= {"user_attribute_name": name, "new": self.user_value(name), "old": None}
            if random.random() < 0.25:
                data |= {"new": None, "deleted": True}
        elif kind < 0.96:
            event_type = "user_identity_change"
            new = {"identity_type": "email", "identity": random.choice(["new@x.com", None])}
            data |= {"new": new, "old": {"identity_type": "email", "identity": "old@x.com"}}
        else:
            event_type = random.choice(["session_start", "breadcrumb", "profile", "future_type"])
        return self.finished(event_type, data)

    def finished(self, event_type: str, data: dict[str, Any]) -> dict[str, Any]:
        """An event with custom attributes, where it can have some, and mostly an id."""
        random = self.random
        self.serial += 1
        if event_type not in _WITHOUT_ATTRIBUTES and random.random() < 0.8:
            data["custom_attributes"] = self.event_attributes()
        if event_type == "commerce_event" and random.random() < 0.5:
            # Of the name of a field of the event, which wins.
            data.setdefault("custom_attributes", {})["total_amount"] = random.choice([10, "99", None])
        choice = random.random()
        if choice < 0.6:
            data["event_id"] = self.serial if choice < 0.3 else str(self.serial)
        elif choice < 0.8:
            data["source_message_id"] = f"m-{self.serial}"
        else:
            # Without an id the content tells events apart.
            data.setdefault("custom_attributes", {})["serial"] = self.serial
        return {"event_type": event_type, "data": data}

    def user_value(self, name: str) -> Any:
        kind = USER_ATTRIBUTES[name]
        if kind == "list":
            if self.random.random() < 0.1:
                return self.scalar("text")
            return [self.scalar("mixed") for _ in range(self.random.choice([0, 1, 2, 3]))]
        return self.scalar(kind)

    def identities(self, batch: dict[str, Any], mpid: int) -> None:
        """Who the record says it is about: an mpid, a login identity, both, or (rarely) nobody."""
        random = self.random
        found: dict[str, Any] = {}
        if random.random() < 0.3:
            found["email"] = random.choice([f"u{mpid % 7}@x.com", "O'Hara@x.com", "ÜNAL@x.com", None])
        if random.random() < 0.15:
            found["mobile_number"] = random.choice(["+49 170", 4917012345678901])
        customer = self.customers[self.mpids.index(mpid) % len(self.customers)]
        if random.random() < 0.05:
            customer = random.choice(self.customers)
        choice = random.random()
        if choice < 0.8:
            batch["mpid"] = str(mpid) if random.random() < 0.2 else mpid
            if choice < 0.35:
                found["customer_id"] = customer
        elif choice < 0.98:
            found["customer_id"] = customer
        else:
            found = {}
        if found and random.random() < 0.3:
            spelling = random.choice([("identity_type", "identity"), ("type", "value")])
            batch["user_identities"] = [
                {spelling[0]: name, spelling[1]: value} for name, value in found.items()
            ]
        elif found:
            batch["user_identities"] = found

    def batch(self, mpid: int) -> dict[str, Any]:
        random = self.random
        times = [self.at() for _ in range(random.choice([0, 0, 1, 1, 2, 3, 4]))]
        batch: dict[str, Any] = {"events": [self.event(at) for at in times]}
        if random.random() < 0.35:
            for at, event_type, data in story(random, self.at(), self.line):
                times.append(at)
                batch["events"].append(
                    self.finished(event_type, {"timestamp_unixtime_ms": self.time(at), **data})
                )
        if not times or random.random() < 0.8:
            # Few receipts for many records, so that ties reach the input, the path and the line.
            receipt = self.at() if not times else max(times) + random.choice([0, 0, 1000]) * MILLISECOND
            batch["timestamp_unixtime_ms"] = self.time(receipt)
            if random.random() < 0.05:
                for raw in batch["events"]:
                    # The batch's own time holds.
                    raw["data"].pop("timestamp_unixtime_ms")
            elif times and random.random() < 0.03:
                batch["timestamp_unixtime_ms"] = random.choice([-1, 10**14])
        if not times and random.random() < 0.3:
            del batch["events"]
        if random.random() < 0.9:
            batch["environment"] = "development" if random.random() < 0.07 else "production"
        self.identities(batch, mpid)
        if random.random() < 0.5:
            names = random.sample(sorted(USER_ATTRIBUTES), random.randint(1, 4))
            batch["user_attributes"] = {name: self.user_value(name) for name in names}
        if random.random() < 0.12:
            batch["deleted_user_attributes"] = random.sample(["PLAN", "visits", "Sizes", "äÖ", "none"], 2)
        if random.random() < 0.35:
            batch["device_info"] = {
                "platform": random.choice(["iOS", "Android", "web"]),
                "os_version": random.choice(VERSIONS),
                "ios_idfv": random.choice(["AAAA-1", "bbbb-2"]),
            }
        if random.random() < 0.35:
            batch["application_info"] = {
                "application_version": random.choice(VERSIONS),
                "application_build_number": random.choice([12, "12", "12.1"]),
                "os": random.choice(["IOS", "Android"]),
            }
        if random.random() < 0.25:
            consents: dict[str, Any] = {}
            for regulation, purpose in random.sample(PURPOSES, random.choice([1, 1, 2])):
                record = {"consented": random.random() < 0.5, "timestamp_unixtime_ms": self.time(self.at())}
                consents.setdefault(regulation, {})[purpose] = record
            batch["consent_state"] = consents
        self.places.add(batch)
        return batch

    def altered(self, batch: dict[str, Any]) -> dict[str, Any]:
        """The same events by their ids with other content: a copy that conflicts."""
        other = copy.deepcopy(batch)
        for raw in other.get("events", []):
            data = raw["data"]
            if "event_id" in data or "source_message_id" in data:
                data.setdefault("custom_attributes", {})["genre"] = "altered"
        return other

    def scene(self) -> Scene:
        random = self.random
        settings = self.settings()
        files: dict[tuple[str, str, str], list[dict[str, Any]]] = {
            (workspace, name, path): [] for workspace, name in INPUTS for path in FILES
        }
        places = list(files)
        for _ in range(random.randint(220, 320)):
            batch = self.batch(random.choice(self.mpids))
            workspace, name, path = random.choice(places)
            files[workspace, name, path].append(batch)
            copies = random.random()
            has_change = any(raw["event_type"].endswith("_change") for raw in batch.get("events", []))
            if copies < 0.08:
                files[workspace, name, random.choice(FILES)].append(copy.deepcopy(batch))
            elif copies < 0.12 and not has_change:
                files[workspace, name, random.choice(FILES)].append(self.altered(batch))
        for batch in rating_batches(random, self.mpids, self.as_of):
            files[random.choice(places)].append(batch)
        landing: list[Landed] = []
        for number, path in enumerate(FILES):
            arrived_at = self.as_of.replace(microsecond=0) - timedelta(hours=30 - number)
            for workspace, name in INPUTS:
                batches = files[workspace, name, path]
                random.shuffle(batches)
                landing += [
                    Landed(workspace, name, path, line, arrived_at, batch)
                    for line, batch in enumerate(batches, 1)
                ]
        world = with_files(World(settings, tuple(landing)), self.as_of, self.seed)
        return Scene(with_memberships(world, self.as_of, self.seed), self.as_of)


def make_scene(seed: int) -> Scene:
    """The same scene for the same seed: 30–50 users, 300–600 events, two workspaces, three inputs, six files."""
    return _Maker(seed).scene()
