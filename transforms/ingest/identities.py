"""Who a record is about: identity types by one name, and the mpid of a login identity (spec §2.3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transforms.ingest.rejection import Rejected
from transforms.ingest.values import filled, read_mpid, to_text
from transforms.vocabulary import DEVICE_IDENTITY_TYPES, IDENTITY_TYPES

#: Names of other APIs, without case and underscores → the Events API's name (reference §1.7).
ALIASES = {
    **{name.replace("_", ""): name for name in IDENTITY_TYPES},
    "customer": "customer_id",
    "controllercustomerid": "customer_id",
    **{f"other{number}": f"other_id_{number}" for number in range(2, 11)},
    **{f"otheruserid{number}": f"other_id_{number}" for number in range(2, 11)},
    "iosidfa": "ios_advertising_id",
    "idfa": "ios_advertising_id",
    "iosvendorid": "ios_idfv",
    "idfv": "ios_idfv",
    "androidaaid": "android_advertising_id",
    "googleadvertisingid": "android_advertising_id",
    "googleaid": "android_advertising_id",
    "androidid": "android_uuid",
    "rokuaid": "roku_advertising_id",
    "fireaid": "fire_advertising_id",
    "deviceapplicationstamp": "mp_deviceid",
}
_DEVICE_TYPES = frozenset(DEVICE_IDENTITY_TYPES)
#: Names that are remembered: senders write the same few.
_REMEMBERED = 4096


@lru_cache(_REMEMBERED)
def identity_type(name: str) -> str:
    """The Events API's name of an identity type; a type that no API knows keeps its own."""
    return ALIASES.get(name.lower().replace("_", "").replace("-", ""), name)


@lru_cache(_REMEMBERED)
def device_identity_type(name: str) -> str | None:
    """The Events API's name where a field of `device_info` is a device identity."""
    found = identity_type(name)
    return found if found in _DEVICE_TYPES else None


@dataclass(frozen=True)
class Said:
    """One identity that a record gives; without a value it takes the identity of that type away."""

    type: str
    value: str | None


@dataclass(frozen=True)
class User:
    """`login_identity` is set where the record has no mpid: then the mpid is its digest."""

    mpid: int
    login_identity: str | None


def login_digest(login_identity: str) -> int:
    """The mpid of a login identity that no record links to another (spec §2.3)."""
    return int.from_bytes(hashlib.sha256(login_identity.encode()).digest()[:8], "big", signed=True)


def read_user(mpid: Any, identities: tuple[Said, ...], login_types: tuple[str, ...]) -> User:
    """Whom a record is about. Rejected where it has neither mpid nor login identity."""
    number = read_mpid(mpid)
    if number is not None:
        return User(number, None)
    for login_type in login_types:
        for identity in identities:
            if identity.type == login_type and identity.value is not None:
                login_identity = f"{identity.type}:{identity.value}"
                return User(login_digest(login_identity), login_identity)
    raise Rejected("no_user", "has neither mpid nor login identity")


def read_identities(value: Any) -> tuple[tuple[Said, ...], list[Any]]:
    """The identities of `user_identities` in both spellings, and what of it is none.

    An empty text is no identity. A hashed value is not the identity itself, so it is left over.
    """
    if isinstance(value, dict):
        pairs = [(name, item, {name: item}) for name, item in value.items()]
        return _read_pairs(pairs)
    left: list[Any] = []
    items: list[tuple[str, Any, Any]] = []
    for item in value if isinstance(value, list) else []:
        read = identity_item(item)
        if read is None:
            left.append(item)
        else:
            items.append((*read, item))
    found, odd = _read_pairs(items)
    return found, [*left, *odd]


def identity_item(item: Any) -> tuple[str, Any] | None:
    """Type and value of `{identity_type, identity}` or `{type, encoding, value}`, None where it is neither."""
    if not isinstance(item, dict):
        return None
    name = filled(item.get("identity_type")) or filled(item.get("type"))
    encoding = filled(item.get("encoding"))
    if name is None or (encoding is not None and encoding.lower() != "raw"):
        return None
    return name, item.get("identity", item.get("value"))


def _read_pairs(pairs: list[tuple[str, Any, Any]]) -> tuple[tuple[Said, ...], list[Any]]:
    found: list[Said] = []
    left: list[Any] = []
    for name, value, original in pairs:
        if isinstance(value, dict | list | bool):
            left.append(original)
        elif value != "":
            found.append(Said(identity_type(name), to_text(value)))
    return tuple(found), left
