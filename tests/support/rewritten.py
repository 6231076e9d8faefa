"""The same project in other words: every id another one, keys and items in another order (spec §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.generated_audiences import Project

if TYPE_CHECKING:
    from random import Random

#: Keys whose lists are sets: nothing depends on the order of their items.
_SETS = ("all", "any", "none", "exclude", "in", "not_in", "inputs", "workspaces")

#: Criteria that name a definition, and the keys with which they do.
_NAMING = {"audience": ("in", "not_in"), "member_since": ("in",), "calculated": ("attribute",)}


def renamed(audience_id: str) -> str:
    """The id in the rewritten project."""
    return "__".join(f"the_{part}" for part in audience_id.split("__"))


def rewritten(project: Project, random: Random) -> Project:
    """The project with other ids, where `formerly` tells the old ones, and with everything in another order.

    The order of siblings, of the steps of a sequence, of two ends and of variants is kept: it is meaning.
    """
    audiences = [
        _told(random, _renamed(audience, "audience"), audience["audience"]) for audience in project.audiences
    ]
    journeys = [_journey(random, journey) for journey in project.journeys]
    attributes = [_shuffled(random, _renamed(attribute, "attribute")) for attribute in project.attributes]
    return Project(project.scene, audiences[::-1], journeys[::-1], attributes[::-1])


def _journey(random: Random, journey: dict[str, Any]) -> dict[str, Any]:
    def milestones(siblings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for milestone in siblings:
            told = _told(
                random, _renamed(milestone, "milestone"), f"{journey['journey']}__{milestone['milestone']}"
            )
            found.append(told | ({"next": milestones(milestone["next"])} if "next" in milestone else {}))
        return found

    own = {key: value for key, value in journey.items() if key != "milestones"}
    return _shuffled(random, _renamed(own, "journey")) | {"milestones": milestones(journey["milestones"])}


def _renamed(definition: dict[str, Any], key: str) -> dict[str, Any]:
    return {**definition, key: renamed(definition[key])}


def _told(random: Random, definition: dict[str, Any], former: str) -> dict[str, Any]:
    """With what it was called, and what people alone read."""
    words = {"name": f"Also {former}", "tags": ["Rewritten"], "owner": "ana@example.com"}
    return _shuffled(random, {**words, **definition, "formerly": definition.get("formerly", former)})


def _shuffled(random: Random, value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        if key == "variants":
            return value
        names = list(value)
        random.shuffle(names)
        return {name: _entry(random, name, value[name]) for name in names}
    if isinstance(value, list):
        items = [_shuffled(random, item) for item in value]
        if key in _SETS:
            random.shuffle(items)
        return items
    return value


def _entry(random: Random, name: str, value: Any) -> Any:
    """A criterion that names a definition names it anew."""
    if name in _NAMING and isinstance(value, dict):
        value = {key: renamed(item) if key in _NAMING[name] else item for key, item in value.items()}
    return _shuffled(random, value, name)
