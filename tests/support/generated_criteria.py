"""Criteria from a seed: of every kind, valid by construction, and mostly of some users."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.support.generated_attributes import Attributes, calculated_criterion, edge_attributes
from tests.support.generated_events import EVENT_KINDS, Events
from tests.support.generated_facts import Facts
from tests.support.generated_named_files import list_criterion, model_criterion
from tests.support.generated_operators import Operators
from tests.support.generated_profiles import PROFILE_KINDS, Profiles
from tests.support.generated_sequences import Sequences
from tests.support.generated_since import since_criterion
from tests.support.oracle.audiences import Oracle
from tests.support.oracle.criteria import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.oracle.criteria import Scope
    from tests.support.worlds import Scene

#: Every kind, with how often it is drawn beside the others.
WEIGHTS = {
    **dict.fromkeys(EVENT_KINDS, 2),
    **dict.fromkeys(PROFILE_KINDS, 2),
    **{"event": 8, "ecommerce": 8, "screen_view": 4, "session": 4},
    **{"user": 9, "location": 4, "device": 3},
    **{"cart_abandonment": 4, "sequence": 7, "calculated": 6, "audience": 6, "list": 3, "model": 4},
    "member_since": 4,
}
_TRIES = 6


class Criteria:
    """Draws criteria over a scene; `kinds`: of these alone.

    What they name must be made known before: `add_attributes`, and an entry of `nameable` for each audience.
    """

    def __init__(self, scene: Scene, seed: str, kinds: Iterable[str] = WEIGHTS) -> None:
        self.random = Random(seed)
        self.scene = scene
        self.kinds = tuple(kinds)
        self.oracle = Oracle(scene.world, [], [], scene.as_of)
        facts = Facts(self.oracle.known)
        self.operators = Operators(self.random, scene.as_of)
        self.events = Events(self.random, self.operators, facts)
        self.profiles = Profiles(self.random, self.operators, facts, self.oracle.known)
        self.sequences = Sequences(
            self.random, list(self.oracle.known.events), self.operators, self.events.event_where
        )
        #: What criteria may name: audience id → variants with Control, or nothing without a test.
        self.nameable: dict[str, list[str]] = {}
        self.attributes: list[dict[str, Any]] = []

    def add_attributes(self, count: int) -> None:
        """Calculated attributes for criteria to name: half of them drawn, half of the fixed ones."""
        drawn = Attributes(self.random, self.scene.as_of, self._any_events)
        generated = [drawn.definition(number, self.oracle.scope({})) for number in range(count // 2)]
        self.attributes = [*generated, *self.random.sample(edge_attributes(), count - len(generated))]
        for attribute in self.attributes:
            self.oracle.add_attribute(attribute)

    def know(
        self,
        attributes: list[dict[str, Any]],
        audiences: list[dict[str, Any]],
        journeys: list[dict[str, Any]],
    ) -> None:
        """Definitions that are there already, for criteria to name."""
        self.attributes = attributes
        for attribute in attributes:
            self.oracle.add_attribute(attribute)
        for audience in audiences:
            self.learn(audience)
        for journey in journeys:
            self.learn_journey(journey)

    def learn(self, audience: dict[str, Any]) -> None:
        """An audience that later criteria may name."""
        self.oracle.add_audience(audience)
        self.nameable[audience["audience"]] = self.oracle.variants(audience["audience"])

    def learn_journey(self, journey: dict[str, Any]) -> None:
        """A journey whose milestones later criteria may name."""
        for milestone_id in self.oracle.add_journey(journey):
            self.nameable[milestone_id] = self.oracle.variants(milestone_id)

    def drawn_kinds(self) -> list[str]:
        """The kinds that can be drawn now."""
        has_names = {
            **dict.fromkeys(("audience", "member_since"), bool(self.nameable)),
            "calculated": bool(self.attributes),
        }
        return [kind for kind in self.kinds if has_names.get(kind, True)]

    def of_kind(self, kind: str, scope: Scope) -> dict[str, Any]:
        """One criterion of a kind, whomever it holds for."""
        if kind in EVENT_KINDS:
            return self.events.criterion(kind, scope)
        if kind in PROFILE_KINDS:
            return self.profiles.criterion(kind, scope)
        match kind:
            case "cart_abandonment":
                return self.events.cart(scope)
            case "sequence":
                return self.sequences.draw(scope)
            case "calculated":
                return self._calculated()
            case "audience":
                return self._reference()
            case "member_since":
                return self._member_since()
            case "list":
                return list_criterion(self.random, self.scene.world, scope)
            case "model":
                return model_criterion(self.random, self.operators, scope)
            case _:
                raise AssertionError(kind)

    def leaf(self, scope: Scope) -> dict[str, Any]:
        """One criterion; of a few tries the first that tells users apart."""
        kinds = self.drawn_kinds()
        (kind,) = self.random.choices(kinds, [WEIGHTS[kind] for kind in kinds])
        return self.telling(kind, scope)

    def telling(self, kind: str, scope: Scope) -> dict[str, Any]:
        """A criterion of a kind; of a few tries the first that tells users apart."""
        found: dict[str, Any] = {}
        for _ in range(_TRIES):
            found = self.of_kind(kind, scope)
            if self.tells_apart(found, scope):
                break
        return found

    def tree(self, scope: Scope, depth: int) -> dict[str, Any]:
        """Criteria below one another, in every form that joins them."""
        random = self.random
        draw = random.random()
        if depth == 0 or draw < 0.25:
            return self.leaf(scope)
        if draw < 0.33:
            one, other = self.leaf(scope), self.leaf(scope)
            # Keys beside one another; the same key can't come twice.
            return one if one.keys() & other.keys() else one | other
        items = [self.tree(scope, depth - 1) for _ in range(random.randint(1, 3))]
        if draw < 0.5:
            return {"all": items}
        if draw < 0.72:
            return {"any": items}
        if draw < 0.8:
            return {"none": items}
        if draw < 0.85:
            return {"exclude": items}
        if draw < 0.93:
            return {**self.leaf(scope), "exclude": items}
        return {**self.leaf(scope), random.choice(["all", "any", "none"]): items}

    def telling_tree(self, scope: Scope, depth: int) -> dict[str, Any]:
        """Criteria of some users, or whatever the last of a few tries gives."""
        found: dict[str, Any] = {}
        for _ in range(_TRIES):
            found = self.tree(scope, depth)
            if self.tells_apart(found, scope):
                break
        return found

    def tells_apart(self, criteria: dict[str, Any], scope: Scope) -> bool:
        return 0 < len(evaluate(criteria, scope)) < len(scope.population())

    def _any_events(self, scope: Scope) -> dict[str, Any]:
        return self.events.criterion(self.random.choice(EVENT_KINDS), scope)

    def _reference(self) -> dict[str, Any]:
        named = self.random.choice(sorted(self.nameable))
        body = {self.random.choice(["in", "in", "not_in"]): named}
        if self.nameable[named] and self.random.random() < 0.6:
            body["variant"] = self.random.choice(self.nameable[named])
        return {"audience": body}

    def _member_since(self) -> dict[str, Any]:
        named = self.random.choice(sorted(self.nameable))
        return since_criterion(named, [at for at, _ in self.oracle.runs(named)], self.operators)

    def _calculated(self) -> dict[str, Any]:
        definition = self.random.choice(self.attributes)
        values = list(self.oracle.values(definition["attribute"]).values())
        return calculated_criterion(definition, values, self.operators)
