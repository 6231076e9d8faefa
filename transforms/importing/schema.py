"""The records of mParticle's public audience schema (audience-sdk, schema version 1).

`at` is the place of each in its document, as a path that begins with `$`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.importing.json_documents import Number


@dataclass(frozen=True)
class Literal:
    """A boolean, a number or text."""

    value: bool | Number | str
    at: str


@dataclass(frozen=True)
class ModelPath:
    """A field of a model."""

    model: str
    path: str
    at: str


@dataclass(frozen=True)
class AliasPath:
    """A field of an earlier step of a sequence."""

    alias: str
    path: str
    at: str


@dataclass(frozen=True)
class Model:
    """A model as a whole."""

    model: str
    at: str


@dataclass(frozen=True)
class AudienceId:
    """Another audience, by the service's id."""

    audience: str
    at: str


@dataclass(frozen=True)
class AbsoluteDate:
    """An ISO 8601 date, or date and time."""

    text: str
    at: str


@dataclass(frozen=True)
class RelativeDate:
    """`offset` units from now, or from a step's time; `boundary` moves to the unit's start or end."""

    offset: Number
    unit: str
    boundary: str | None
    relative_to: AliasPath | None
    at: str


@dataclass(frozen=True)
class Location:
    """A point and a distance from it."""

    latitude: Number
    longitude: Number
    distance: Number
    unit: str
    at: str


@dataclass(frozen=True)
class Aggregation:
    """One value a group of a model's rows, of those for which `condition` holds."""

    function: str
    group_by_model: str
    operand: Operand
    condition: Expression | None
    at: str


Operand = (
    Literal
    | ModelPath
    | AliasPath
    | Model
    | AudienceId
    | AbsoluteDate
    | RelativeDate
    | Location
    | Aggregation
)


@dataclass(frozen=True)
class Unary:
    """A test of one operand."""

    operator: str
    operand: Operand
    at: str


@dataclass(frozen=True)
class Binary:
    """A comparison of two operands."""

    operator: str
    left: Operand
    right: Operand
    at: str


@dataclass(frozen=True)
class Logical:
    """`and` or `or` of at least one expression."""

    operator: str
    expressions: tuple[Expression, ...]
    at: str


@dataclass(frozen=True)
class Step:
    """One step of a sequence."""

    alias: str
    operand: ModelPath
    condition: Expression | None
    at: str


@dataclass(frozen=True)
class Sequence:
    """Steps, each after the one before."""

    steps: tuple[Step, ...]
    at: str


@dataclass(frozen=True)
class Unreadable:
    """A part that the schema does not know, with every reason."""

    reasons: tuple[tuple[str, str], ...]
    at: str


Expression = Unary | Binary | Logical | Sequence | Unreadable
