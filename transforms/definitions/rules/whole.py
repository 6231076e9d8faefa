"""What a rule looks at: a project as far as it could be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.known import Known
    from transforms.definitions.records import (
        Audience,
        CalculatedAttribute,
        Connection,
        Journey,
        Output,
        Project,
    )


@dataclass(frozen=True)
class Whole:
    """Everything that was read, ids that stand twice included.

    `default_lookback`: ids of the audiences whose lookback nobody wrote. `partners`: those that an output
    can name. `lists`: the names of the lists that are there. `models`: the dbt models of analysts by name,
    read only where a criterion names one.
    can name. `known` are ids of audiences, `known_attributes` those of calculated attributes.
    """

    project: Project
    audiences: tuple[Audience, ...]
    journeys: tuple[Journey, ...]
    outputs: tuple[Output, ...]
    connections: tuple[Connection, ...]
    default_lookback: frozenset[str]
    partners: tuple[str, ...]
    known: Known
    lists: tuple[str, ...]
    models: dict[str, DbtModel]
    attributes: tuple[CalculatedAttribute, ...]
    known_attributes: Known

    @cached_property
    def by_id(self) -> dict[str, Audience]:
        """The audiences by id; of an id that stands twice the first."""
        found: dict[str, Audience] = {}
        for audience in self.audiences:
            found.setdefault(audience.id, audience)
        return found
