"""What the oracle reads and what it makes of it. Every instant is a naive datetime and means UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

#: One value of an attribute: text, a list of texts (null elements kept), or None, which is a tag.
Value = str | tuple[str | None, ...] | None


@dataclass(frozen=True)
class Landed:
    """One line of one file: an event batch as parsed JSON, and where and when it arrived."""

    workspace: str
    input: str
    path: str
    line: int
    arrived_at: datetime
    batch: dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """A list of users: what its values are, and the values as text."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """An analyst's model: an mpid and the other columns as text a row; None: the attributes of all users."""

    rows: tuple[tuple[int | None, dict[str, str | None]], ...] | None


@dataclass(frozen=True)
class StoredAudience:
    """Who was in an audience at an earlier as_of, and the id under which it was stored before that."""

    members: frozenset[int]
    formerly: str | None = None


@dataclass(frozen=True)
class World:
    """A project's settings as `milepost.yml` has them, and its landing records in the order of ingest.

    `lists` and `models` are those of the project folder, by name. `stored` are the memberships of earlier instants:
    as_of → audience id → who was in it; an audience that is not there was not calculated.
    """

    settings: dict[str, Any]
    landing: tuple[Landed, ...]
    lists: dict[str, Listed] = field(default_factory=dict)
    models: dict[str, Table] = field(default_factory=dict)
    stored: dict[datetime, dict[str, StoredAudience]] = field(default_factory=dict)


@dataclass(frozen=True)
class User:
    """Whom a record is about: an mpid of its own, else a login identity `type:value`."""

    mpid: int | None
    login_identity: str | None = None


@dataclass(frozen=True)
class Order:
    """Where a record stands among those of one instant: receipt, input, path, line, position in the record."""

    received_at: datetime
    input: str
    path: str
    line: int
    position: int

    def key(self) -> tuple[Any, ...]:
        return (self.received_at, self.input, self.path, self.line, self.position)


@dataclass(frozen=True)
class Event:
    """One event that ingest kept."""

    user: User
    workspace: str
    input: str
    environment: str
    at: datetime
    order: Order
    event_type: str
    data: dict[str, Any]
    batch_fields: dict[str, str]
    #: (product action | promotion_view | promotion_click | impression) of a commerce event, else None.
    action: str | None = None
    products: tuple[dict[str, Value], ...] = ()
    promotions: tuple[dict[str, Value], ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)
    #: The fields of a commerce event that have a column of their own.
    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """One thing that was said of a user.

    kind: seen, attribute, identity, consent, device, app or location. `key` is what the statement is about;
    `removed` takes it away.
    """

    user: User
    workspace: str
    environment: str
    said_at: datetime
    order: Order
    kind: str
    key: tuple[str, ...] = ()
    value: Any = None
    removed: bool = False

    def write_key(self) -> tuple[Any, ...]:
        return (self.said_at, *self.order.key())


@dataclass(frozen=True)
class Lake:
    """All that ingest kept, and how many records and events it did not."""

    events: tuple[Event, ...]
    statements: tuple[Statement, ...]
    quarantined_records: int
    quarantined_events: int
    duplicates: int
