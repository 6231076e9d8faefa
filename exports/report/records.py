"""What the pages of the report show: figures and definitions, nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from exports.ledger.records import RecordedFault
    from transforms.audiences.activation import ActiveCount
    from transforms.audiences.catalogue import CatalogueRow
    from transforms.audiences.estimates import EstimatedCriterion, Size
    from transforms.audiences.history import StoredDay
    from transforms.audiences.read_out import ReadOut


@dataclass(frozen=True)
class Written:
    """How an audience is defined: its YAML, in plain words, and the SQL that is made of it; identities are hidden.

    `path`: those of the words that say where in a journey it is.

    `sql` is empty where an analyst writes the model, which lies in `sql_file` then. `criteria` has the size of each
    criterion; None where there is none, or nothing could be estimated.
    """

    file: str
    line: int | None
    yaml: str
    words: tuple[str, ...]
    path: tuple[str, ...]
    sql: str
    sql_file: str
    criteria: EstimatedCriterion | None


@dataclass(frozen=True)
class Variant:
    """An arm of an A/B test: its share in percent, and its members, None where they were not calculated."""

    name: str
    share: float
    size: int | None


@dataclass(frozen=True)
class Shared:
    """How many users an audience shares with another one.

    `output`: both are sent there, and so many of its members get both. None: both are splits of one parent, and so many
    of its members fulfil the criteria of both, of which the left one takes them.
    """

    audience_id: str
    size: Size
    output: str | None


@dataclass(frozen=True)
class Delivery:
    """A connection of an audience, and what its partner has received last. `at_work`: requests of it that go on there."""

    connection_id: str
    output_id: str
    partner: str
    variant: str | None
    is_active: bool
    mode: str
    schedule: str | None
    as_of: datetime | None
    accepted: int
    rejected: int
    at_work: int
    fault: RecordedFault | None


@dataclass(frozen=True)
class Lineage:
    """What an audience is made of, and who reads it: audience ids, and names of inputs, lists, models, attributes."""

    inputs: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class AudienceReport:
    """One audience or milestone. `written` is None for an orphan, whose definition was taken out.

    `size`: of the newest as_of, else an estimate; None for an orphan without one. `redefined`: the definitions that have
    changed since. `looks`: what deserves a look, by subject. Figures are those of `row`.
    """

    row: CatalogueRow
    size: Size | None
    days: tuple[StoredDay, ...]
    redefined: tuple[str, ...] = ()
    looks: tuple[tuple[str, str], ...] = ()
    external_name: str = ""
    shared_with: tuple[tuple[str, str], ...] = ()
    lookback: str = ""
    updated_at: datetime | None = None
    created_by: str | None = None
    written: Written | None = None
    variants: tuple[Variant, ...] = ()
    read_out: ReadOut | None = None
    shared: tuple[Shared, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    lineage: Lineage = Lineage()
    parent: str | None = None
    is_remaining: bool = False

    @property
    def id(self) -> str:
        """The id of the audience."""
        return self.row.id


@dataclass(frozen=True)
class JourneyReport:
    """A journey. `milestones` are audience ids, parents before children, siblings left to right.

    `population`: everybody whom it could hold, None where that can't be told.
    """

    id: str
    name: str
    file: str
    inputs: tuple[str, ...]
    tags: tuple[str, ...]
    owner: str | None
    milestones: tuple[str, ...]
    population: Size | None


@dataclass(frozen=True)
class Report:
    """Everything that the pages show, as it was at `made_at`.

    `as_of` is the newest that is stored, `estimated_at` the instant of the estimates: None before the first.
    `users` and `sampled` say what estimates rest on.
    """

    project: str
    made_at: datetime
    as_of: datetime | None
    estimated_at: datetime | None
    users: int
    sampled: int
    active: ActiveCount
    audiences: tuple[AudienceReport, ...]
    journeys: tuple[JourneyReport, ...]
