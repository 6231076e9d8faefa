"""What is known of every user at an instant (spec §2.3, §2.4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.oracle.ingest import DEVICE_TYPES, digest_mpid
from tests.support.oracle.places import add_places
from tests.support.oracle.values import duration

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.records import Event, Lake, Statement, User, Value


@dataclass
class Profile:
    """One mpid in one workspace."""

    first_seen: datetime
    last_seen: datetime
    first_active: datetime | None = None
    last_active: datetime | None = None
    #: Attribute key (lower case) → (name as last written, value).
    attributes: dict[str, tuple[str, Value]] = field(default_factory=dict)
    identities: set[tuple[str, str]] = field(default_factory=set)
    #: (regulation, purpose), both lower case → (write key, consented).
    consents: dict[tuple[str, str], tuple[tuple[Any, ...], bool]] = field(default_factory=dict)
    #: What a device is known by → its fields.
    devices: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    #: Country, region, city, postal code, DMA.
    place: tuple[str | None, ...] | None = None
    #: Degrees of latitude and longitude.
    point: tuple[float, float] | None = None
    #: install or uninstall → publisher and campaign.
    attributions: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


@dataclass
class Known:
    """Everything before as_of: events with their mpid, and profiles that are not hidden."""

    as_of: datetime
    events: list[tuple[int, Event]]
    profiles: dict[tuple[str, int], Profile]


def known_at(lake: Lake, settings: dict[str, Any], as_of: datetime) -> Known:
    """Only what happened or was said before as_of, and development records only where they are evaluated."""
    environments_out = set() if settings.get("evaluate_development") is True else {"development"}
    events = [
        event for event in lake.events if event.at < as_of and event.environment not in environments_out
    ]
    statements = sorted(
        (
            statement
            for statement in lake.statements
            if statement.said_at < as_of and statement.environment not in environments_out
        ),
        key=lambda statement: statement.write_key(),
    )
    login_types = tuple(settings.get("login_identities", ("customer_id",)))
    mpid_of_login = {
        f"{statement.key[0]}:{statement.value}": statement.user.mpid
        for statement in statements
        if statement.kind == "identity"
        and statement.key[0] in login_types
        and statement.user.mpid is not None
        and not statement.removed
    }

    def resolve(user: User) -> int:
        if user.mpid is not None:
            return user.mpid
        assert user.login_identity is not None
        found = mpid_of_login.get(user.login_identity)
        return digest_mpid(user.login_identity) if found is None else found

    resolved = [(resolve(event.user), event) for event in events]
    said_of: dict[tuple[str, int], list[Statement]] = defaultdict(list)
    done_by: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for statement in statements:
        said_of[statement.workspace, resolve(statement.user)].append(statement)
    for mpid, event in resolved:
        done_by[event.workspace, mpid].append(event)
    profiles = {
        key: _profile(said_of.get(key, []), done_by.get(key, []))
        for key in sorted(said_of.keys() | done_by.keys())
    }
    lifetime = settings.get("profile_lifetime", "unlimited")
    if lifetime != "unlimited":
        earliest = as_of - duration(lifetime)
        profiles = {key: profile for key, profile in profiles.items() if profile.last_seen >= earliest}
    return Known(as_of, resolved, profiles)


def _profile(statements: list[Statement], events: list[Event]) -> Profile:
    """Statements come in the order of writing, so that the later one holds."""
    done = [event.at for event in events]
    times = done + [statement.said_at for statement in statements]
    profile = Profile(min(times), max(times), min(done, default=None), max(done, default=None))
    user_identities: dict[str, str] = {}
    for statement in statements:
        match statement.kind:
            case "attribute" if statement.removed:
                profile.attributes.pop(statement.key[0], None)
            case "attribute":
                profile.attributes[statement.key[0]] = statement.value
            case "identity" if statement.key[0] in (*DEVICE_TYPES, "mp_deviceid"):
                if statement.value is not None:
                    profile.identities.add((statement.key[0], statement.value))
            case "identity" if statement.removed:
                user_identities.pop(statement.key[0], None)
            case "identity":
                user_identities[statement.key[0]] = statement.value
            case "consent":
                profile.consents[statement.key[0], statement.key[1]] = (
                    statement.write_key(),
                    statement.value,
                )
            case _:
                pass
    profile.identities |= set(user_identities.items())
    add_places(profile, statements, events)
    return profile
