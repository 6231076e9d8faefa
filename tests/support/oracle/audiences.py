"""Members of audiences and milestones, variants, adds and drops (spec §5, §8, §9)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.support.oracle.calculated import Calculated, calculated_values
from tests.support.oracle.criteria import Scope, evaluate
from tests.support.oracle.ingest import ingest
from tests.support.oracle.profiles import Known, known_at
from tests.support.oracle.since import stored_before
from tests.support.oracle.values import written

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.records import Lake, World

#: Members with their variant, which is None where no test runs.
Members = dict[int, str | None]

_DEFAULTS = ("workspaces", "inputs", "lookback")


def variant_of(audience_id: str, ab_test: dict[str, Any], mpid: int) -> str:
    """The variant of a user, by the first 8 hex digits of md5 (spec §9)."""
    digest = hashlib.md5(f"{audience_id}:{ab_test['name']}:{mpid}".encode()).hexdigest()
    point = int(digest[:8], 16)
    share = 0
    for variant, percent in ab_test["variants"].items():
        share += int(Decimal(written(percent)) * 100)
        if point * 10**4 < share * 2**32:
            return variant
    return "Control"


class Oracle:
    """Every audience and milestone of a project at one as_of.

    `audiences` and `journeys` are mappings as their YAML files have them. Members are worked out when they
    are asked for, so that definitions may stand in any order. A milestone's audience id is
    `<journey>__<milestone>`.
    """

    def __init__(
        self,
        world: World,
        audiences: list[dict[str, Any]],
        journeys: list[dict[str, Any]],
        as_of: datetime,
        attributes: list[dict[str, Any]] | None = None,
    ) -> None:
        self.settings = world.settings
        lake = ingest(world)
        self.known: Known = known_at(lake, world.settings, as_of)
        self._lists = world.lists
        self._stored = world.stored
        self._models = {
            name: list(table.rows) if table.rows is not None else _attributes(lake, world, as_of)
            for name, table in world.models.items()
        }
        self._definitions: dict[str, dict[str, Any]] = {}
        self._milestones: dict[str, tuple[dict[str, Any], str | None, list[str], dict[str, Any]]] = {}
        self._members: dict[str, Members] = {}
        self._attributes = {attribute["attribute"]: attribute for attribute in attributes or ()}
        self._values: dict[str, dict[int, Calculated]] = {}
        for audience in audiences:
            self.add_audience(audience)
        for journey in journeys:
            self.add_journey(journey)

    def add_audience(self, audience: dict[str, Any]) -> None:
        self._definitions[audience["audience"]] = audience

    def add_journey(self, journey: dict[str, Any]) -> tuple[str, ...]:
        """The audience ids of its milestones."""
        before = len(self._milestones)
        self._add_milestones(journey, journey["milestones"], None)
        return tuple(self._milestones)[before:]

    def ids(self) -> tuple[str, ...]:
        return (*self._definitions, *self._milestones)

    def definition(self, audience_id: str) -> dict[str, Any]:
        """The audience, or the milestone with the defaults of its journey."""
        if audience_id in self._milestones:
            return self._milestones[audience_id][0]
        return self._definitions[audience_id]

    def variants(self, audience_id: str) -> list[str]:
        """The variants of a test with Control; none without a test."""
        test = self.definition(audience_id).get("ab_test")
        return [*test["variants"], "Control"] if test else []

    def all_members(self) -> dict[str, Members]:
        return {audience_id: self.members(audience_id) for audience_id in self.ids()}

    def members(self, audience_id: str) -> Members:
        if audience_id not in self._members:
            definition = self.definition(audience_id)
            if audience_id in self._milestones:
                found = self._of_milestone(audience_id)
            else:
                found = evaluate(definition["criteria"], self.scope(definition))
            ab_test = definition.get("ab_test")
            # A renamed audience keeps its assignment.
            assigned_by = definition.get("formerly", audience_id)
            self._members[audience_id] = {
                mpid: variant_of(assigned_by, ab_test, mpid) if ab_test else None for mpid in found
            }
        return self._members[audience_id]

    def add_attribute(self, attribute: dict[str, Any]) -> None:
        self._attributes[attribute["attribute"]] = attribute

    def all_values(self) -> dict[str, dict[int, Calculated]]:
        return {attribute_id: self.values(attribute_id) for attribute_id in self._attributes}

    def values(self, attribute_id: str) -> dict[int, Calculated]:
        """The calculated attribute of every user who has a value; no lookback cuts it."""
        if attribute_id not in self._values:
            definition = self._attributes[attribute_id]
            scope = self.scope({**definition, "lookback": "unlimited"})
            self._values[attribute_id] = calculated_values(definition, scope)
        return self._values[attribute_id]

    def scope(self, definition: dict[str, Any]) -> Scope:
        """The audience's workspaces, inputs and lookback, with the defaults of spec §3."""
        known_workspaces = self.settings["workspaces"]
        inputs = definition.get("inputs")
        workspaces = definition.get("workspaces")
        if workspaces is None and inputs is not None:
            workspaces = list(dict.fromkeys(key.split("/")[0] for key in inputs))
        if workspaces is None:
            workspaces = list(known_workspaces)
        if inputs is None:
            inputs = [f"{name}/{key}" for name in workspaces for key in known_workspaces[name]["inputs"]]
        lookback = definition.get("lookback", self.settings.get("event_lookback", "30 days"))
        return Scope(
            self.known,
            self.settings,
            tuple(workspaces),
            tuple(inputs),
            lookback,
            self.members,
            self._lists,
            self._models,
            self.values,
            self.runs,
        )

    def runs(self, audience_id: str) -> list[tuple[datetime, frozenset[int]]]:
        """Who was in an audience at the instants before at which it was calculated, ascending."""
        definition = self.definition(audience_id)
        return stored_before(self._stored, definition, audience_id, self.known.as_of, self.settings)

    def _add_milestones(
        self, journey: dict[str, Any], siblings: list[dict[str, Any]], parent: str | None
    ) -> None:
        earlier: list[str] = []
        for milestone in siblings:
            milestone_id = f"{journey['journey']}__{milestone['milestone']}"
            defaults = {key: journey[key] for key in _DEFAULTS if key in journey}
            self._milestones[milestone_id] = ({**defaults, **milestone}, parent, list(earlier), journey)
            earlier.append(milestone_id)
            self._add_milestones(journey, milestone.get("next", []), milestone_id)

    def _of_milestone(self, milestone_id: str) -> set[int]:
        definition, parent, earlier, journey = self._milestones[milestone_id]
        above = self.scope(journey).population() if parent is None else set(self.members(parent))
        own = (
            above if definition.get("remaining") else evaluate(definition["criteria"], self.scope(definition))
        )
        return (above & own).difference(*(self.members(sibling) for sibling in earlier))


def figures(today: Members, yesterday: Members | None) -> tuple[int, int | None, int | None, Fraction | None]:
    """size, adds, drops and volatility; the last three are None where nothing is stored for the day before."""
    if yesterday is None:
        return len(today), None, None, None
    adds = len(today.keys() - yesterday.keys())
    drops = len(yesterday.keys() - today.keys())
    return len(today), adds, drops, Fraction(adds + drops, len(today)) if today else None


def _attributes(lake: Lake, world: World, as_of: datetime) -> list[tuple[int | None, dict[str, str | None]]]:
    """A row for each user attribute that is no list, of profiles that profile_lifetime hides too."""
    everyone = known_at(lake, {**world.settings, "profile_lifetime": "unlimited"}, as_of)
    return [
        (mpid, {"workspace": workspace, "name": name, "value": value})
        for (workspace, mpid), profile in everyone.profiles.items()
        for name, (_, value) in profile.attributes.items()
        if not isinstance(value, tuple)
    ]
