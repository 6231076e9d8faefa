"""What a project's YAML says, resolved: the records that every later part works with.

Names are resolved (inputs to `workspace/name`, tags of connections to audience ids), defaults are filled in.
A record of a project that has errors is never seen outside this package. Spec §3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from transforms.documents.durations import Duration

if TYPE_CHECKING:
    from collections.abc import Collection

    from transforms.criteria.calculated.calculation import Calculation
    from transforms.criteria.language import Criterion
    from transforms.definitions.connection_records import Connection, Output
    from transforms.errors import Place, Problem

__all__ = [
    "CONTROL",
    "AbTest",
    "Access",
    "Audience",
    "CalculatedAttribute",
    "Column",
    "Constant",
    "Definitions",
    "Duration",
    "EcommerceMapping",
    "Input",
    "Journey",
    "Mailbox",
    "Project",
    "RowMapping",
    "Subject",
    "TimeMapping",
    "Watch",
    "Webhook",
]

#: The variant that holds the users whom no other variant takes (spec §9).
CONTROL = "Control"

Access = Literal["private", "view", "usable"]

#: What is watched, and what a notice can be about.
Subject = Literal["failed_run", "stale", "size_change", "volatility", "emptied", "sample_ratio", "faulted"]


@dataclass(frozen=True)
class Constant:
    """One text that holds for every row."""

    value: str


@dataclass(frozen=True)
class Column:
    """The column of a row that holds the value."""

    name: str


@dataclass(frozen=True)
class TimeMapping:
    """The column that holds a row's time.

    `format` is a strptime format, None for ISO 8601 or epoch milliseconds; `zone` an IANA name that holds
    where the text has no offset.
    """

    column: str
    format: str | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class EcommerceMapping:
    """Which columns make a row a commerce event.

    `fields`: field of the event (total_amount, transaction_id, …) → column; `product`: field of the product
    line (id, category, price, …) → column.
    """

    action: Constant | Column
    fields: tuple[tuple[str, str], ...] = ()
    product: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RowMapping:
    """How a row of csv or parquet becomes an event, or what is known of one user (spec §2.1, §3)."""

    record: Literal["event", "user"]
    #: Identity type, or `mpid` → column.
    user: tuple[tuple[str, str], ...]
    time: TimeMapping | None = None
    event: Constant | Column | None = None
    ecommerce: EcommerceMapping | None = None
    lines_of: tuple[str, ...] = ()
    event_id: tuple[str, ...] = ()
    attributes: Literal["all"] | tuple[str, ...] = "all"


@dataclass(frozen=True)
class Input:
    """A source of data in a workspace. `landing` is a folder, None for `<data>/landing/<workspace>/<name>`."""

    workspace: str
    name: str
    kind: Literal["platform", "feed"]
    format: Literal["batches", "csv", "parquet"]
    landing: str | None
    mapping: RowMapping | None
    place: Place

    @property
    def key(self) -> str:
        """`workspace/name`, as events carry it and audiences name it."""
        return f"{self.workspace}/{self.name}"


@dataclass(frozen=True)
class Watch:
    """When an audience deserves a look; None and False are silence.

    `stale_after`: the age of its as_of. `size_change` and `volatility`: percent of the day before, and of the size.
    """

    stale_after: Duration | None
    size_change: int | None
    volatility: int | None
    emptied: bool
    sample_ratio: bool


@dataclass(frozen=True)
class Webhook:
    """Where notices are posted: the address is in the environment, under the name `address_from`."""

    address_from: str
    about: tuple[Subject, ...]


@dataclass(frozen=True)
class Mailbox:
    """Whom notices are mailed to. `user_from` and `password_from` name what the environment holds."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user_from: str | None
    password_from: str | None
    about: tuple[Subject, ...]


@dataclass(frozen=True)
class Project:
    """milepost.yml. A duration of None means unlimited; `schedule` is cron, UTC."""

    name: str
    inputs: tuple[Input, ...]
    schedule: str
    event_lookback: Duration | None
    profile_lifetime: Duration | None
    membership_history: Duration | None
    active_audience_limit: int
    evaluate_development: bool
    #: Event name → tier. Only `personalize`, that of every name not listed, counts in criteria (spec §4.3).
    event_tiers: tuple[tuple[str, str], ...]
    #: ISO 3166 code for national phone numbers in exports.
    default_region: str | None
    login_identities: tuple[str, ...]
    #: What holds for audiences that say nothing of it.
    watch: Watch
    place: Place
    #: The file that says where IP addresses lie; relative to the data folder.
    ip_geolocation: str | None = None
    notify: tuple[Webhook | Mailbox, ...] = ()

    @property
    def workspaces(self) -> tuple[str, ...]:
        """The names of the workspaces, in the order written."""
        return tuple(dict.fromkeys(source.workspace for source in self.inputs))


@dataclass(frozen=True)
class AbTest:
    """An A/B test: shares in hundredths of a percent, in the order written, without Control (spec §9)."""

    name: str
    variants: tuple[tuple[str, int], ...]

    @property
    def control_share(self) -> int:
        """What the variants leave, in hundredths of a percent."""
        return 10_000 - sum(share for _, share in self.variants)

    @property
    def arms(self) -> tuple[tuple[str, int], ...]:
        """All variants with Control, which comes last."""
        return (*self.variants, (CONTROL, self.control_share))


@dataclass(frozen=True)
class Audience:
    """An audience or a milestone, which is one.

    `criteria` is None for a remaining milestone alone. `lookback` None means unlimited. `earlier_siblings`
    are left to right and `siblings` all others under the same parent: audience ids; empty for an audience
    outside a journey.
    """

    id: str
    name: str
    external_name: str
    tags: tuple[str, ...]
    owner: str | None
    access: Access
    #: Account → what it may do, where that differs from `access`.
    shared_with: tuple[tuple[str, Access], ...]
    status: Literal["draft"] | None
    workspaces: tuple[str, ...]
    inputs: tuple[str, ...]
    lookback: Duration | None
    formerly: str | None
    criteria: Criterion | None
    ab_test: AbTest | None
    journey: str | None
    milestone: str | None
    parent: str | None
    earlier_siblings: tuple[str, ...]
    is_remaining: bool
    siblings: tuple[str, ...]
    watch: Watch
    place: Place

    @property
    def assignment_id(self) -> str:
        """The id that assigns variants: a renamed audience keeps its A/B assignment (spec §3, §9)."""
        return self.formerly or self.id

    @property
    def is_draft(self) -> bool:
        """Whether it may be estimated and nested, not connected."""
        return self.status == "draft"

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the test's variants with Control, empty without a test."""
        return tuple(name for name, _ in self.ab_test.arms) if self.ab_test else ()

    def stored_as(self, stored: Collection[str]) -> str | None:
        """The id under which something is stored of it: its own, else its former one; None where neither is stored."""
        return next((one for one in (self.id, self.formerly) if one is not None and one in stored), None)

    def access_of(self, account: str) -> Access:
        """What another account may do with it."""
        return dict(self.shared_with).get(account, self.access)


@dataclass(frozen=True)
class Journey:
    """A tree of milestones. `milestones` are audience ids in document order: parents before children."""

    id: str
    name: str
    inputs: tuple[str, ...]
    workspaces: tuple[str, ...]
    tags: tuple[str, ...]
    owner: str | None
    access: Access
    lookback: Duration | None
    milestones: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class CalculatedAttribute:
    """One value a user, calculated of the events of `inputs`, which are of `workspaces` (spec §4.6)."""

    id: str
    name: str
    tags: tuple[str, ...]
    owner: str | None
    workspaces: tuple[str, ...]
    inputs: tuple[str, ...]
    calculation: Calculation
    place: Place


@dataclass(frozen=True)
class Definitions:
    """A whole valid project. Audiences and milestones alike are in `audiences`, sorted by file, then as written."""

    project: Project
    audiences: tuple[Audience, ...]
    journeys: tuple[Journey, ...]
    outputs: tuple[Output, ...]
    connections: tuple[Connection, ...]
    warnings: tuple[Problem, ...]
    attributes: tuple[CalculatedAttribute, ...] = ()

    def audience(self, audience_id: str) -> Audience:
        """The audience or milestone of this id; KeyError where there is none."""
        return self._audiences_by_id[audience_id]

    @cached_property
    def _audiences_by_id(self) -> dict[str, Audience]:
        return {audience.id: audience for audience in self.audiences}

    @cached_property
    def connections_by_audience(self) -> dict[str, tuple[Connection, ...]]:
        """The connections of each audience that has any, or of its variants, in the order written."""
        found: dict[str, tuple[Connection, ...]] = {}
        for connection in self.connections:
            for audience_id in dict.fromkeys(connection.audiences):
                found[audience_id] = (*found.get(audience_id, ()), connection)
        return found

    def journey(self, journey_id: str) -> Journey:
        """The journey of this id; KeyError where there is none."""
        for journey in self.journeys:
            if journey.id == journey_id:
                return journey
        raise KeyError(journey_id)

    def output(self, output_id: str) -> Output:
        """The output of this id; KeyError where there is none."""
        for output in self.outputs:
            if output.id == output_id:
                return output
        raise KeyError(output_id)
