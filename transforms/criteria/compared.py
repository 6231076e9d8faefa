"""What criteria compare, in a form that rules can reason about before there is any data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Hashable

    from transforms.criteria.comparisons import Comparison
    from transforms.errors import Place

#: Where the value lies: in an event or one of its lines, in a profile, in a model of an analyst's. `computed` is made
#: of events, such as a count; `calculated` is a calculated attribute; `instant` is one of a profile.
Source = Literal[
    "event",
    "product",
    "promotion",
    "computed",
    "calculated",
    "user",
    "identity",
    "consent",
    "device",
    "location",
    "attribution",
    "instant",
    "model",
]

#: What a value always is. `code` is text that may be all digits, such as an id; `count` a whole number from 0.
Type = Literal["number", "count", "text", "code", "version", "instant"]


@dataclass(frozen=True)
class OneValue:
    """Of what there is one value a user: two criteria with equal ones look at the same value.

    `is_per_workspace`: a user has one in each workspace, so that it is one only where one workspace is looked at.
    """

    key: Hashable
    workspace: str | None = None
    is_per_workspace: bool = False


@dataclass(frozen=True)
class ComparedValue:
    """One value and all comparisons that have to hold of it at once; none where it is only aggregated.

    `type` None: it is as it was sent. `is_custom`: an attribute that a sender names, without any prefix. For one of
    an event, `events` are the key of its criterion and the names it gives exactly (none: any event). `summed_by`:
    the function that reads it as a number and aggregates it. `may_be_as_of`: an instant that need not be before as_of.
    """

    source: Source
    name: str
    comparisons: tuple[Comparison, ...]
    place: Place
    type: Type | None = None
    is_custom: bool = False
    events: tuple[str, tuple[str, ...]] | None = None
    one_value: OneValue | None = None
    summed_by: str | None = None
    may_be_as_of: bool = False

    @property
    def may_be_list(self) -> bool:
        """Whether a list can stand there."""
        return self.source in ("user", "calculated")
