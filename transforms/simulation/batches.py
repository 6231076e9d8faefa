"""One day's batches, in the order of their receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from transforms.simulation.events import DRAWN_KINDS
from transforms.simulation.people import Person, person_of, scramble, uuid_text
from transforms.simulation.rhythm import DAY_MS, instant_of_day, milliseconds
from transforms.simulation.vocabulary import APP_VERSIONS, SLOT_BITS, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.simulation.plan import SimulationPlan

#: Events of one batch: a mean of about seven, as SDKs upload them.
MEAN_EVENTS = 7.0
MOST_EVENTS = 60

#: Of a hundred batches: those that say something of the user and nothing happened, those of tills and servers
#: (no device, no session, and no event ids), those that carry no mpid though the user has one.
ATTRIBUTES_ONLY = 0.03
FROM_SERVER = 0.08
WITHOUT_MPID = 0.04
DEVELOPMENT = 0.005

#: The farthest that a late batch comes from, in days.
MOST_DAYS_LATE = 7

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Batch:
    """A line without its end, how many events it holds, and how it arrives.

    Without event ids a second copy in the same file would be a second event (spec §2.2.2).
    """

    line: str
    events: int
    has_event_ids: bool
    is_late: bool


def batches_of_day(plan: SimulationPlan, words: Vocabulary, day: int, events: int) -> Iterator[Batch]:
    """Batches that arrive on the day of this number, from 0; they hold `events` events in all.

    The same for the same plan, whatever was drawn before.
    """
    random = Random(f"{plan.seed}/day {day}")  # noqa: S311
    seed_bits = scramble(plan.seed)
    midnight = milliseconds(plan.start + timedelta(days=day))
    made = 0
    while made < events:
        # The square makes a few people do much: the first of a hundred do a tenth of it all.
        number = int(plan.users * random.random() ** 2)
        person = person_of(seed_bits, number)
        size = 0
        if random.random() >= ATTRIBUTES_ONLY:
            size = min(1 + int(random.expovariate(1 / MEAN_EVENTS)), MOST_EVENTS, events - made)
        begins_at = midnight + instant_of_day((made + size * random.random()) / events)
        late_days = 0
        if size and day > 0 and random.random() < plan.late_rate:
            late_days = 1 + random.getrandbits(8) % min(day, MOST_DAYS_LATE)
        yield _batch(random, words, person, day, midnight + DAY_MS, begins_at, size, late_days)
        made += size


def _batch(
    random: Random,
    words: Vocabulary,
    person: Person,
    day: int,
    day_ends: int,
    begins_at: int,
    size: int,
    late_days: int,
) -> Batch:
    is_from_server = person.is_offline or random.random() < FROM_SERVER
    is_exported = random.getrandbits(3) == 0
    events, ended_at = _events(
        random,
        words,
        person,
        size,
        begins_at - late_days * DAY_MS,
        day_ends - 1 - late_days * DAY_MS,
        has_session=not is_from_server,
        times_as_text=is_exported,
    )
    received_at = min(ended_at + late_days * DAY_MS + random.getrandbits(14), day_ends - 1)
    fields: dict[str, Any] = {
        "schema_version": 2,
        "environment": "development" if random.random() < DEVELOPMENT else "production",
        "batch_id": str(random.getrandbits(62)) if is_exported else random.getrandbits(62),
    }
    if random.getrandbits(4):
        fields["timestamp_unixtime_ms"] = str(received_at) if is_exported else received_at
    is_login_only = person.customer_id is not None and random.random() < WITHOUT_MPID
    if not person.is_offline and not is_login_only:
        fields["mpid"] = str(person.mpid) if is_exported else person.mpid
    _say_who(fields, random, person, day, received_at, is_exported=is_exported)
    if not is_from_server:
        fields["device_info"] = person.device()
        fields["application_info"] = _application(person, day)
    fields["events"] = events
    return Batch(
        line=_encode(fields),
        events=size,
        has_event_ids=not is_from_server,
        is_late=late_days > 0,
    )


def _events(
    random: Random,
    words: Vocabulary,
    person: Person,
    size: int,
    begins_at: int,
    last_instant: int,
    *,
    has_session: bool,
    times_as_text: bool,
) -> tuple[list[dict[str, Any]], int]:
    """`size` events one after the other, and the time of the last; a session's first and last are its ends."""
    session: dict[str, Any] = {}
    if has_session:
        session_key = random.getrandbits(64)
        session = {"session_uuid": uuid_text(session_key), "session_id": session_key >> 1}
    events = []
    at = begins_at
    for index in range(size):
        if has_session and index == 0 and size > 2:
            event_type = "session_start"
            data: dict[str, Any] = {}
        elif has_session and index == size - 1 and size > 2:
            event_type = "session_end"
            data = {"session_duration_ms": at - begins_at}
        else:
            kind = DRAWN_KINDS[random.getrandbits(SLOT_BITS)]
            event_type = kind.event_type
            data = kind.build(random, words, person)
        data["timestamp_unixtime_ms"] = str(at) if times_as_text else at
        if has_session:
            bits = random.getrandbits(64)
            if bits & 7:
                data["event_id"] = str(bits >> 1) if times_as_text else bits >> 1
            else:
                data["source_message_id"] = uuid_text(bits)
            data.update(session)
        events.append({"event_type": event_type, "data": data})
        if index < size - 1:
            at = min(at + 500 + random.getrandbits(15), last_instant)
    return events, at


def _say_who(
    fields: dict[str, Any], random: Random, person: Person, day: int, received_at: int, *, is_exported: bool
) -> None:
    """Identities always; attributes, consent, place and the rest now and then."""
    identities = person.identities()
    if is_exported:
        fields["user_identities"] = [
            {"identity_type": kind, "identity": value, "timestamp_unixtime_ms": str(received_at)}
            for kind, value in identities.items()
        ]
    else:
        fields["user_identities"] = identities
    bits = random.getrandbits(20)
    if bits & 3 == 0:
        fields["user_attributes"] = person.attributes(day)
    if bits >> 2 & 63 == 0:
        fields["deleted_user_attributes"] = ["theme"]
    if bits >> 8 & 7 == 0:
        fields["consent_state"] = _consent(person, day, received_at)
    if bits >> 11 & 3 == 0:
        fields["batch_context" if is_exported else "context"] = {"location": _location(person)}
    if bits >> 13 & 7 == 0:
        fields["ip"] = f"203.0.113.{person.number % 256}"
    if bits >> 16 & 15 == 0:
        fields["attribution_info"] = {
            "service_provider": "attribution",
            "publisher": "Northwind Ads",
            "campaign": f"campaign {person.facts & 15}",
        }


def _consent(person: Person, day: int, said_at: int) -> dict[str, Any]:
    """Some change their mind every few weeks."""
    granted = (person.facts + day // 14) % 3 != 0
    return {
        "gdpr": {
            "marketing": {"consented": granted, "timestamp_unixtime_ms": said_at, "document": "privacy v2"},
            "Analytics": {"consented": True, "timestamp_unixtime_ms": said_at},
        },
        "ccpa": {
            "data_sale_opt_out": {"consented": person.facts % 13 == 0, "timestamp_unixtime_ms": said_at}
        },
    }


def _location(person: Person) -> dict[str, Any]:
    city = person.city
    found: dict[str, Any] = {
        "country_code": city.country_code,
        "region_code": city.region_code,
        "city_name": city.city_name,
        "postal_code": city.postal_code,
        "latitude": city.latitude,
        "longitude": city.longitude,
    }
    if city.dma_code is not None:
        found["dma_code"] = city.dma_code
    return found


def _application(person: Person, day: int) -> dict[str, Any]:
    version = APP_VERSIONS[min((person.facts + day) // 9 % 8, len(APP_VERSIONS) - 1)]
    return {
        "application_name": "Milepost Demo",
        "application_version": version,
        "application_build_number": str(100 + day),
        "package": "com.example.milepost",
    }
