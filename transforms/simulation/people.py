"""Who the users are: everything about one follows from the seed and a number, so no one is kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transforms.simulation.vocabulary import (
    ANDROID_MODELS,
    ATT_STATES,
    CITIES,
    FIRST_NAMES,
    GENRES,
    IOS_MODELS,
    PLANS,
    City,
)

_MASK = (1 << 64) - 1


def scramble(number: int) -> int:
    """64 bits that look random and follow from the number alone (the finaliser of SplitMix64)."""
    mixed = (number + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)


def signed(number: int) -> int:
    """The 64 bits as a signed integer, as mpids are: half of them are negative."""
    return number - (1 << 64) if number >> 63 else number


def uuid_text(number: int) -> str:
    """A UUID in its usual spelling made from 64 bits and their scramble."""
    digits = f"{number:016x}{scramble(number):016x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@dataclass(frozen=True, slots=True)
class Person:
    """One user. `facts` are 64 bits that all else is read from."""

    number: int
    mpid: int
    facts: int

    @property
    def customer_id(self) -> str | None:
        """Four in five have one."""
        return None if self.facts % 5 == 0 else f"C{self.number:08d}"

    @property
    def is_offline(self) -> bool:
        """Known to the tills alone: all records carry the customer id and none an mpid."""
        return self.facts % 5 != 0 and (self.facts >> 3) % 32 == 0

    @property
    def platform(self) -> str:
        """Of the one device that the person uses."""
        return ("iOS", "Android", "web", "Android")[(self.facts >> 8) & 3]

    @property
    def city(self) -> City:
        """Where the person lives."""
        return CITIES[(self.facts >> 10) % len(CITIES)]

    def identities(self) -> dict[str, str | None]:
        """User identities by their Events API names."""
        found: dict[str, str | None] = {}
        if self.customer_id is not None:
            found["customer_id"] = self.customer_id
        if (self.facts >> 16) % 8 < 5:
            found["email"] = f"user.{self.number}@example.com"
        if (self.facts >> 19) % 8 < 2:
            found["mobile_number"] = f"+1415555{self.number % 10_000:04d}"
        if (self.facts >> 22) % 16 == 0:
            found["facebook"] = str(self.facts >> 20)
        if (self.facts >> 26) % 16 == 0:
            found["other_id_2"] = f"loyalty-{self.number}"
        return found

    def attributes(self, day: int) -> dict[str, Any]:
        """User attributes as they are on that day of the simulation: some change in the course of it."""
        facts = self.facts
        found: dict[str, Any] = {
            "plan": PLANS[((facts >> 30) + day // (5 + facts % 11)) % len(PLANS)],
            "age": str(16 + (facts >> 33) % 70) if facts & 1 else 16 + (facts >> 33) % 70,
            "$FirstName": FIRST_NAMES[(facts >> 40) % len(FIRST_NAMES)],
            "signup_date": f"20{15 + (facts >> 44) % 9}-{1 + (facts >> 48) % 12:02d}-{1 + (facts >> 52) % 28:02d}",
            "favorite_genres": [GENRES[(facts >> 56) & 7], GENRES[(facts >> 59) & 7]],
        }
        if (facts >> 36) % 8 == 0:
            found["beta_tester"] = None
        if (facts >> 34) % 8 < 3:
            found["lifetime_score"] = round((facts >> 40) % 10_000 / 8, 2)
        return found

    def device(self) -> dict[str, Any]:
        """`device_info` of the person's device, advertising ids and all."""
        facts = self.facts
        key = scramble(facts)
        match self.platform:
            case "iOS":
                state = ATT_STATES[(facts >> 12) & 3]
                found: dict[str, Any] = {
                    "platform": "iOS",
                    "brand": "Apple",
                    "device_model": IOS_MODELS[(facts >> 14) % len(IOS_MODELS)],
                    "os_version": f"{15 + (facts >> 17) % 4}.{(facts >> 19) % 7}",
                    "ios_idfv": uuid_text(key).upper(),
                    "att_authorization_status": state,
                    "is_tablet": facts % 7 == 0,
                }
                if state == "authorized":
                    found["ios_advertising_id"] = uuid_text(key ^ 1).upper()
            case "Android":
                brand, model = ANDROID_MODELS[(facts >> 14) % len(ANDROID_MODELS)]
                found = {
                    "platform": "Android",
                    "device_manufacturer": brand,
                    "device_model": model,
                    "os_version": str(10 + (facts >> 17) % 6),
                    "android_uuid": f"{key:016x}",
                    "android_advertising_id": uuid_text(key ^ 1),
                    "limit_ad_tracking": (facts >> 20) % 8 == 0,
                    "network_carrier": ("Vodafone", "T-Mobile", "O₂", "Orange")[(facts >> 23) & 3],
                    "push_token": f"fcm:{key ^ 2:016x}",
                }
            case _:
                found = {
                    "platform": "web",
                    "http_header_user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
                    "locale_language": ("en", "de", "fr", "tr")[(facts >> 25) & 3],
                }
        return found


def person_of(seed_bits: int, number: int) -> Person:
    """The user of this number, from 0."""
    key = scramble(seed_bits ^ number)
    return Person(number, signed(key), scramble(key ^ 0x5DEECE66D))
