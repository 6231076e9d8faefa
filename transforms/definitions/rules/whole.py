"""What a rule looks at: a project as far as it could be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.criteria.logic import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.logic import Criterion
    from transforms.definitions.connection_records import Connection, Output
    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.known import Known
    from transforms.definitions.records import Audience, CalculatedAttribute, Journey, Project
    from transforms.seen_names import SeenNames


@dataclass(frozen=True)
class Whole:
    """Everything that was read, ids that stand twice included.

    `default_lookback`: ids of the audiences whose lookback nobody wrote. `partners`: those that an output
    can name. `known` are ids of audiences, `known_attributes` those of calculated attributes. `lists`: the names
    of the lists that are there. `models`: the dbt models of analysts by name, read only where a criterion names
    one. `seen`: what the lake has ever seen; None where nobody asked, or where there is no lake.
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
    seen: SeenNames | None = None

    @cached_property
    def by_id(self) -> dict[str, Audience]:
        """The audiences by id; of an id that stands twice the first."""
        found: dict[str, Audience] = {}
        for audience in self.audiences:
            found.setdefault(audience.id, audience)
        return found

    @cached_property
    def understood(self) -> tuple[tuple[Audience, Criterion], ...]:
        """The audiences that have criteria, with these, without those of files with errors.

        What such a file says is not known, and a rule about its meaning would tell of a mistake that was told.
        """
        return tuple(
            (audience, audience.criteria)
            for audience in self.audiences
            if audience.criteria is not None and not self.known.may_exist(audience.id)
        )

    @cached_property
    def compared(self) -> tuple[tuple[tuple[str, ...], ComparedValue], ...]:
        """Every value that criteria and calculated attributes compare, with the workspaces that are looked at.

        Without those of files with errors.
        """
        of_criteria = (
            (tuple(each.name for each in leaf.workspaces) or audience.workspaces, value)
            for audience, criteria in self.understood
            for leaf in leaves(criteria)
            for value in leaf.compared
        )
        of_attributes = (
            (attribute.workspaces, value)
            for attribute in self._understood_attributes
            for value in attribute.calculation.compared
        )
        return (*of_criteria, *of_attributes)

    @cached_property
    def selections(self) -> tuple[EventSelection, ...]:
        """Every choice of events of criteria and calculated attributes, without those of files with errors."""
        of_criteria = (
            selection
            for _, criteria in self.understood
            for leaf in leaves(criteria)
            for selection in leaf.selections
        )
        return (*of_criteria, *(each.calculation.selection for each in self._understood_attributes))

    @property
    def _understood_attributes(self) -> Iterator[CalculatedAttribute]:
        return (each for each in self.attributes if not self.known_attributes.may_exist(each.id))
