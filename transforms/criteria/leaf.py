"""What every kind of criterion offers: its members as SQL, and its words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from sqlglot import exp

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.events.rollups import Rollup
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.scope import Scope
    from transforms.documents.durations import Duration
    from transforms.errors import Place

#: What stands in the place of an identity that is hidden.
MASK = "•••"


@dataclass(frozen=True)
class AudienceReference:
    """Another audience that a criterion names, and the variant of it, if one is named."""

    audience: str
    variant: str | None
    place: Place


@dataclass(frozen=True)
class AttributeReference:
    """A calculated attribute that a criterion names, and what it asks of its value."""

    attribute: str
    comparisons: tuple[Comparison, ...]
    place: Place


@dataclass(frozen=True)
class EventName:
    """A custom event or a screen that a criterion names exactly as it was sent."""

    name: str
    place: Place


@dataclass(frozen=True)
class Narrowing:
    """The workspace, or the input (`workspace/input`), to which a criterion is narrowed.

    `sees_all_inputs`: an input may be any of the audience's workspaces, not only a chosen one (spec §4.3).
    """

    name: str
    place: Place
    sees_all_inputs: bool = False


@dataclass(frozen=True)
class Named:
    """A list, or a dbt model of an analyst, that a criterion names."""

    name: str
    place: Place


@dataclass(frozen=True)
class Measure:
    """The amount that a criterion compares, such as a count of events.

    `query` has a row for each user of whom there is something to measure: `mpid`, then the columns that `read` makes
    the amount from. `of_nothing` is that of all others, None where they have none. `words` say what it is (`sum of
    price`), `asked` what is asked of it (`at least 5`).
    """

    words: str
    asked: str
    query: exp.Query
    read: Callable[..., Decimal]
    of_nothing: Decimal | None


@dataclass(frozen=True)
class Leaf(ABC):
    """One criterion that is not logic. Subclasses are frozen records, one for each kind."""

    place: Place

    @abstractmethod
    def members(self, scope: Scope) -> exp.Query:
        """A query with the one column `mpid`, each user once: those for whom the criterion holds.

        It may hold users outside the population; whoever joins criteria intersects with it once. It may have
        common tables of its own (`with`), which read only one another.
        """

    @abstractmethod
    def evidence(self, scope: Scope) -> exp.Query:
        """What the verdict rests on: `mpid`, then columns in the words of the YAML.

        One row for each event, value or row of a profile that was looked at and counts; no row for users of whom
        there is nothing. Instants are timestamps in UTC, all else is text as it was sent or a whole number. Where
        rows happened at an instant it is the second column, called `time`: readers show the newest first. Like
        `members` it may read the common tables `profiles` and `population`.
        """

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The columns of `evidence` that hold identities or values of user attributes: readers mask them."""
        return ()

    def measure(self, scope: Scope) -> Measure | None:
        """The amount that it compares; None where it compares none."""
        del scope
        return None

    @abstractmethod
    def title(self) -> str:
        """A short phrase in the words of the YAML, such as `purchase at least 2 times`."""

    @abstractmethod
    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """The criterion in one or more plain lines, with the effective window where it has one."""

    @property
    def masked(self) -> Leaf:
        """The same for showing to whoever may not see personal data: the identities that it names are hidden.

        It has the words and the SQL of the original with `MASK` in their place, and is never evaluated.
        """
        return self

    @property
    def is_negative(self) -> bool:
        """Whether it holds for users of whom nothing is known, so that it is made by taking away."""
        return False

    @property
    def audiences(self) -> tuple[AudienceReference, ...]:
        """The audiences that it names."""
        return ()

    @property
    def audiences_by_since(self) -> tuple[AudienceReference, ...]:
        """Those of them of whose members it compares since when they are in."""
        return ()

    @property
    def calculated_attributes(self) -> tuple[AttributeReference, ...]:
        """The calculated attributes that it names."""
        return ()

    @property
    def events(self) -> tuple[EventName, ...]:
        """The events that it names exactly."""
        return ()

    @property
    def selections(self) -> tuple[EventSelection, ...]:
        """The choices of events that it looks at."""
        return ()

    def rollups(self, scope: Scope) -> tuple[Rollup, ...]:
        """The rollups of events by day that `members` reads where the scope has them."""
        del scope
        return ()

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """The values that it compares, each with all that has to hold of it at once; all of them have to hold."""
        return ()

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """The input to which it is narrowed."""
        return ()

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """The workspace to which it is narrowed."""
        return ()

    @property
    def lists(self) -> tuple[Named, ...]:
        """The lists that it names."""
        return ()

    @property
    def models(self) -> tuple[Named, ...]:
        """The analysts' dbt models that it names."""
        return ()

    @property
    def looks_back(self) -> bool:
        """Whether it looks at events, which the lookback cuts."""
        return False

    @property
    def relies_on_lookback(self) -> bool:
        """Whether it looks at events without a window of its own."""
        return False

    def reaches_past(self, lookback: Duration) -> bool:
        """Whether its own window asks for events older than `lookback`, for which it sees none."""
        del lookback
        return False

    def outlasts(self, history: Duration) -> bool:
        """Whether it asks for members who are in for longer than `history`, for which memberships are kept."""
        del history
        return False
