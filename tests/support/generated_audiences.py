"""Audiences and journeys from a seed: valid by construction, and mostly neither empty nor everyone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.generated_criteria import WEIGHTS, Criteria
from tests.support.generated_operators import DURATIONS
from tests.support.oracle.audiences import Oracle
from tests.support.world_memberships import former_id, was_renamed
from tests.support.worlds import Scene, make_scene

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tests.support.oracle.calculated import Calculated
    from tests.support.oracle.criteria import Scope

#: Calculated attributes of one project.
ATTRIBUTES = 16


@dataclass(frozen=True)
class Project:
    """A scene with the definitions to be tried on it."""

    scene: Scene
    audiences: list[dict[str, Any]]
    journeys: list[dict[str, Any]]
    attributes: list[dict[str, Any]] = field(default_factory=list)

    def oracle(self, as_of: datetime | None = None) -> Oracle:
        instant = as_of or self.scene.as_of
        return Oracle(self.scene.world, self.audiences, self.journeys, instant, self.attributes)

    def all_values(self) -> dict[str, dict[int, Calculated]]:
        """The calculated attributes of every user, those too whose profile profile_lifetime hides."""
        world = self.scene.world
        shown = replace(world, settings={**world.settings, "profile_lifetime": "unlimited"})
        return Oracle(shown, [], [], self.scene.as_of, self.attributes).all_values()


class _Maker:
    """Draws whole definitions around criteria."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.random = criteria.random
        self.oracle = criteria.oracle

    def ab_test(self) -> dict[str, Any]:
        shares = self.random.choice([{"push": 40, "email": 40}, {"a": Decimal("33.33")}, {"x": 50, "y": 50}])
        return {"name": f"test {self.random.randrange(3)}", "variants": dict(shares)}

    def scope_keys(self) -> dict[str, Any]:
        random = self.random
        keys: dict[str, Any] = {}
        draw = random.random()
        if draw < 0.2:
            keys["inputs"] = random.sample(["shop/ios", "shop/web", "club/till"], random.choice([1, 2]))
        elif draw < 0.35:
            keys["workspaces"] = [random.choice(["shop", "club"])]
        if random.random() < 0.3:
            keys["lookback"] = random.choice(["unlimited", *DURATIONS[8:]])
        return keys

    def audience(self, number: int) -> dict[str, Any]:
        definition: dict[str, Any] = {"audience": f"a{number:03d}", **self.scope_keys()}
        scope = self.oracle.scope(definition)
        definition["criteria"] = self.criteria.telling_tree(scope, self.random.choice([0, 0, 1, 1, 2, 3]))
        if self.random.random() < 0.2:
            definition["ab_test"] = self.ab_test()
            if was_renamed(number) and self.random.random() < 0.9:
                definition["formerly"] = former_id(number)
        if self.random.random() < 0.1:
            # A draft can be named like any other.
            definition["status"] = "draft"
        return definition

    def milestones(self, prefix: str, scope: Scope, levels: int) -> list[dict[str, Any]]:
        random = self.random
        found: list[dict[str, Any]] = []
        count = random.randint(1, 3)
        for place in range(count):
            milestone: dict[str, Any] = {"milestone": f"{prefix}{place}"}
            if place == count - 1 > 0 and random.random() < 0.5:
                milestone["remaining"] = True
            else:
                milestone["criteria"] = self.criteria.telling_tree(scope, random.choice([0, 1, 2]))
            if random.random() < 0.15:
                milestone["ab_test"] = self.ab_test()
            if levels > 1 and random.random() < 0.7:
                milestone["next"] = self.milestones(f"{prefix}{place}_", scope, levels - 1)
            found.append(milestone)
        return found

    def journey(self, number: int) -> dict[str, Any]:
        definition: dict[str, Any] = {"journey": f"j{number}", **self.scope_keys()}
        milestones = self.milestones("m", self.oracle.scope(definition), self.random.choice([2, 3]))
        return {**definition, "milestones": milestones}


def make_project(
    seed: int,
    audience_count: int = 50,
    journey_count: int = 2,
    kinds: Iterable[str] = WEIGHTS,
    scene: Scene | None = None,
) -> Project:
    """The same scene and definitions for the same seed. Later audiences may name earlier ones and milestones.

    `kinds`: criteria of these kinds alone. `scene`: in the place of the seed's own.
    """
    scene = scene or make_scene(seed)
    criteria = Criteria(scene, f"audiences {seed}", kinds)
    criteria.add_attributes(ATTRIBUTES)
    maker = _Maker(criteria)
    audiences: list[dict[str, Any]] = []
    journeys: list[dict[str, Any]] = []
    for number in range(audience_count):
        audiences.append(maker.audience(number))
        criteria.learn(audiences[-1])
        if number % max(1, audience_count // max(1, journey_count)) == 0 and len(journeys) < journey_count:
            journeys.append(maker.journey(len(journeys)))
            criteria.learn_journey(journeys[-1])
    return Project(scene, audiences, journeys, criteria.attributes)
