"""What a path of the service's data can mean here, written as a word: `attribute.plan`, `product.id`, `time`."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.criteria.events.fields import COMMERCE_EVENT, DEVICE
from transforms.vocabulary import IDENTITY_TYPES

DEVICE_KEYS = ("os", "os_version", "brand", "model", "type", "carrier")
LOCATION_KEYS = ("country", "region", "city", "postal_code", "dma")
ATTRIBUTION_KEYS = tuple(
    f"{on}.{key}" for on in ("install", "uninstall") for key in ("publisher", "campaign")
)
INSTANTS = ("first_seen", "last_seen", "first_active", "last_active")


@dataclass(frozen=True)
class Target:
    """A field here: its role, and its name where the role has several."""

    role: str
    name: str = ""

    def __str__(self) -> str:
        """The word that writes it."""
        return f"{self.role}.{self.name}" if self.name else self.role


@dataclass(frozen=True)
class Role:
    """One kind of target. `names` are the names that it takes: None for none, empty for any."""

    key: str
    names: tuple[str, ...] | None
    about: str


#: What the paths of a model of users can mean.
USER_ROLES = (
    Role("attribute", (), "a user attribute"),
    Role("list", (), "a user attribute that is a list"),
    Role("calculated", (), "a calculated attribute"),
    Role("identity", IDENTITY_TYPES, "an identity"),
    Role("consent", (), "the consent to `regulation.purpose`"),
    Role("device", DEVICE_KEYS, "a device"),
    Role("location", LOCATION_KEYS, "where the user is"),
    Role("attribution", ATTRIBUTION_KEYS, "the attribution of an install or uninstall"),
    Role("point", None, "latitude and longitude"),
    *(Role(key, None, "an instant of the profile") for key in INSTANTS),
)

#: What the paths of a model of events can mean.
EVENT_ROLES = (
    Role("attribute", (), "an event attribute"),
    Role("name", None, "the name of the event or screen"),
    Role("type", None, "the type of a custom event"),
    Role("action", None, "the product action of a commerce event"),
    Role("promotion_action", None, "the promotion action of a commerce event"),
    Role("event_type", None, "the kind of event"),
    Role("time", None, "when it happened"),
    Role("every", None, "something that every event has, for counting"),
    Role("where", COMMERCE_EVENT.fields, "a field of a commerce event"),
    Role("product", (), "a field of a product line"),
    Role("promotion", (), "a field of a promotion"),
    Role("length", None, "how long a session took, in milliseconds"),
    *(Role(key, None, "of the batch") for key in DEVICE.fields),
)
#: Roles whose values are versions: text that has an order.
VERSIONS = (Target("app_version"), Target("app_build"), Target("os_version"), Target("device", "os_version"))


def read_target(word: str, roles: tuple[Role, ...]) -> Target | None:
    """The target that `word` writes, or None where it writes none."""
    key, _, name = word.partition(".")
    role = next((role for role in roles if role.key == key), None)
    if role is None or (role.names is None) != (name == ""):
        return None
    if role.names and name not in role.names:
        return None
    if key == "consent" and "." not in name:
        return None
    return Target(key, name)


def target_words(roles: tuple[Role, ...]) -> tuple[str, ...]:
    """How each role is written."""
    return tuple(role.key if role.names is None else f"{role.key}.NAME" for role in roles)
