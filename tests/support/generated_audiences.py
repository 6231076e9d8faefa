"""Audiences and journeys from a seed: valid by construction, and mostly neither empty nor everyone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from tests.support.generated_attributes import Attributes, calculated_criterion, edge_attributes
from tests.support.generated_event_kinds import app_criterion, cart_criterion
from tests.support.generated_named_files import named_file_criterion
from tests.support.generated_operators import DURATIONS, Operators
from tests.support.generated_places import Places
from tests.support.generated_sequences import Sequences
from tests.support.oracle.audiences import Oracle
from tests.support.oracle.criteria import evaluate
from tests.support.oracle.values import lower
from tests.support.world_values import (
    ACTIONS,
    EVENT_ATTRIBUTES,
    EVENT_NAMES,
    PURPOSES,
    SCREENS,
    TYPES,
    USER_ATTRIBUTES,
)
from tests.support.worlds import Scene, make_scene

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.calculated import Calculated
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Value

PRODUCT_KINDS = {"id": "text", "category": "text", "price": "number", "quantity": "number", "brand": "text"}
PRODUCT_KINDS |= {
    "coupon_code": "text",
    "color": "text",
    "attribute.color": "text",
    "attribute.price": "number",
}
PROMOTION_KINDS = {"id": "text", "name": "text", "position": "text"}
FIELD_KINDS = {"total_amount": "number", "tax_amount": "number", "transaction_id": "text"}
FIELD_KINDS |= {"coupon_code": "text", "affiliation": "text", "currency_code": "text", "screen_name": "text"}
FIELD_KINDS |= {"attribute.total_amount": "number", "genre": "text", "price": "number"}
BATCH_KINDS = {"app_version": "version", "app_build": "version", "platform": "text", "os_version": "version"}
#: Calculated attributes of one project: half of them drawn, half from the fixed ones.
ATTRIBUTES = 12
#: Families of criteria, of which a project can be made alone.
Family = Literal["events", "profiles", "sequences"]
PROFILE_INSTANTS = ("first_seen", "last_seen", "first_active", "last_active")


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


class _Facts:
    """Values that the world has, so that operands come near them."""

    def __init__(self, oracle: Oracle) -> None:
        self.event_values: dict[str, list[Value]] = defaultdict(list)
        self.line_values: dict[str, list[Value]] = defaultdict(list)
        self.user_values: dict[str, list[Value]] = defaultdict(list)
        self.batch_values: dict[str, list[Value]] = defaultdict(list)
        self.identity_values: dict[str, list[Value]] = defaultdict(list)
        self.instants: list[datetime] = []
        for _, event in oracle.known.events:
            self.instants.append(event.at)
            for name, value in {**event.attributes, **event.fields}.items():
                self.event_values[name].append(value)
            for name, value in event.batch_fields.items():
                self.batch_values[name].append(value)
            for line in (*event.products, *event.promotions):
                for name, value in line.items():
                    self.line_values[name.removeprefix("attribute.")].append(value)
        for profile in oracle.known.profiles.values():
            for key, (_, value) in profile.attributes.items():
                self.user_values[key].append(value)
            for identity_type, value in sorted(profile.identities):
                self.identity_values[identity_type].append(value)


class _Maker:
    def __init__(self, scene: Scene, seed: int, family: Family | None = None) -> None:
        self.random = Random(f"audiences {seed}")
        self.scene = scene
        self.settings = scene.world.settings
        self.oracle = Oracle(scene.world, [], [], scene.as_of)
        self.facts = _Facts(self.oracle)
        self.operators = Operators(self.random, scene.as_of)
        self.places = Places(self.random, self.operators, self.oracle.known.profiles.values())
        self.sequences = Sequences(
            self.random,
            list(self.oracle.known.events),
            self.operators,
            lambda: self.event_where(EVENT_ATTRIBUTES),
        )
        self.family = family
        #: What criteria may name: audience id → variants with Control, or nothing without a test.
        self.nameable: dict[str, list[str]] = {}
        self.attributes: list[dict[str, Any]] = []

    def event_where(self, kinds: dict[str, str]) -> dict[str, Any]:
        names = self.random.sample(sorted(kinds), self.random.choice([1, 1, 2]))
        values = self.facts.event_values
        return {
            name: self.condition(kinds[name], values[name.removeprefix("attribute.")], lists=False)
            for name in names
        }

    def condition(self, kind: str, values: list[Value], lists: bool = True) -> Any:
        if kind == "text" and self.random.random() < 0.15:
            return self.operators.text_operand(values)
        return self.operators.for_values(kind, values, lists)

    def line_where(self, kinds: dict[str, str]) -> dict[str, Any]:
        names = self.random.sample(sorted(kinds), self.random.choice([1, 1, 2]))
        return {
            name: self.condition(kinds[name], self.facts.line_values[name], lists=False) for name in names
        }

    def count(self) -> dict[str, Any]:
        random = self.random
        operator = random.choice(["eq", "ne", "gt", "gte", "gte", "lt", "lte", "between"])
        bound = random.choice([0, 1, 1, 2, 2, 3, 5])
        return {operator: [bound, bound + random.choice([0, 1, 3])] if operator == "between" else bound}

    def measure(self, kind: str, body: dict[str, Any]) -> None:
        """A count, an aggregate, or neither."""
        random = self.random
        draw = random.random()
        if draw < 0.35:
            return
        if draw < 0.65:
            body["count"] = self.count()
            return
        aggregate = random.choice(["sum", "average", "min", "max", "distinct", "distinct"])
        if random.random() < 0.6:
            # More events a user, so that one value comes more than once.
            body.pop("where", None)
            body.pop("product", None)
            if kind == "event":
                body.pop("name", None)
                body["type"] = random.choice(TYPES)
        if kind == "ecommerce" and random.random() < 0.5:
            name = random.choice(["price", "quantity", "id", "color", "attribute.price"])
            over, values = {"product": name}, self.facts.line_values[name.removeprefix("attribute.")]
        else:
            name = random.choice(["seconds", "price", "genre", "total_amount", "käse"])
            over, values = {"attribute": name}, self.facts.event_values[name]
        if aggregate == "distinct":
            body[aggregate] = {**over, **self.count()}
        else:
            body[aggregate] = {**over, **self.operators.number([*values, "0"])}

    def event_criterion(self, scope: Scope) -> dict[str, Any]:
        random = self.random
        kind = random.choice(["event", "event", "event", "ecommerce", "ecommerce", "screen_view"])
        body: dict[str, Any] = {}
        if kind == "ecommerce":
            body["action"] = random.choice([*ACTIONS, "promotion_view", "promotion_click", "impression"])
            if body["action"] == "remove_from_wish_list" and random.random() < 0.5:
                body["action"] = "remove_from_wishlist"
            if body["action"].startswith("promotion"):
                if random.random() < 0.6:
                    body["promotion"] = self.line_where(PROMOTION_KINDS)
            elif random.random() < 0.4:
                body["product"] = self.line_where(PRODUCT_KINDS)
            if random.random() < 0.5:
                body["where"] = self.event_where(FIELD_KINDS)
        else:
            names: list[Value] = list(EVENT_NAMES if kind == "event" else SCREENS)
            draw = random.random()
            if draw < 0.5:
                body["name"] = random.choice([name for name in names if name != "Heartbeat"])
            elif draw < 0.8:
                body["name"] = self.operators.text(names)
            if kind == "event" and (not body or random.random() < 0.25):
                body["type"] = random.choice(TYPES)
            if random.random() < 0.45 or not body:
                body["where"] = self.event_where(EVENT_ATTRIBUTES)
        self.measure(kind, body)
        body |= self.window_and_batch()
        if random.random() < 0.1:
            body["input"] = random.choice(scope.inputs)
        return {kind: body}

    def window_and_batch(self) -> dict[str, Any]:
        """Often a window, sometimes a condition on the batch."""
        found = self.operators.window(self.facts.instants) if self.random.random() < 0.55 else {}
        return found | (self.batch_condition() if self.random.random() < 0.2 else {})

    def batch_condition(self) -> dict[str, Any]:
        name = self.random.choice(sorted(BATCH_KINDS))
        return {name: self.condition(BATCH_KINDS[name], self.facts.batch_values[name], lists=False)}

    def app_or_cart_criterion(self, scope: Scope) -> dict[str, Any]:
        if self.random.random() < 0.3:
            return cart_criterion(
                self.random, scope, lambda: self.line_where(PRODUCT_KINDS), self.batch_condition
            )
        return app_criterion(self.random, scope, self.event_where, self.measure, self.window_and_batch)

    def profile_criterion(self, scope: Scope) -> dict[str, Any]:
        random = self.random
        kind = random.choice(["user", "user", "user", "identity", "consent", "instant", *Places.kinds])
        if kind in Places.kinds:
            found = {kind: self.places.criterion(kind)}
        elif kind == "user":
            name = random.choice(sorted(USER_ATTRIBUTES))
            written = random.choice([name, name.swapcase()])
            values = self.facts.user_values[lower(name)]
            operators = self.operators.for_values(USER_ATTRIBUTES[name], values)
            found = {"user": {"attribute": written, **operators}}
        elif kind == "identity":
            name = random.choice(["email", "customer_id", "mobile_number", "ios_idfv", "google"])
            values = self.facts.identity_values[name]
            operators = random.choice([self.operators.text, self.operators.exists])(values)
            found = {"identity": {"type": name, **operators}}
        elif kind == "consent":
            regulation, purpose = random.choice(PURPOSES)
            state = random.choice(["granted", "denied", "not_present"])
            found = {"consent": {"regulation": regulation, "purpose": purpose, "state": state}}
        else:
            found = {random.choice(PROFILE_INSTANTS): self.operators.window(self.facts.instants)}
        if random.random() < 0.15:
            next(iter(found.values()))["workspace"] = random.choice(scope.workspaces)
        return found

    def reference(self) -> dict[str, Any]:
        named = self.random.choice(sorted(self.nameable))
        body = {self.random.choice(["in", "in", "not_in"]): named}
        if self.nameable[named] and self.random.random() < 0.6:
            body["variant"] = self.random.choice(self.nameable[named])
        return {"audience": body}

    def add_attributes(self, count: int) -> None:
        """Calculated attributes for criteria to name."""
        drawn = Attributes(self.random, self.scene.as_of, self.event_criterion)
        generated = [drawn.definition(number, self.oracle.scope({})) for number in range(count)]
        self.attributes = [*generated, *self.random.sample(edge_attributes(), count)]
        for attribute in self.attributes:
            self.oracle.add_attribute(attribute)

    def calculated(self) -> dict[str, Any]:
        definition = self.random.choice(self.attributes)
        values = list(self.oracle.values(definition["attribute"]).values())
        return calculated_criterion(definition, values, self.operators)

    def of_family(self, family: Family, scope: Scope) -> dict[str, Any]:
        match family:
            case "events":
                return self.event_criterion(scope)
            case "profiles":
                return self.profile_criterion(scope)
            case "sequences":
                return self.sequences.draw(scope)

    def leaf(self, scope: Scope) -> dict[str, Any]:
        """One criterion; of a few tries the first that tells users apart."""
        found: dict[str, Any] = {}
        for _ in range(5):
            draw = self.random.random()
            if self.family is not None:
                found = self.of_family(self.family, scope)
            elif self.nameable and draw < 0.12:
                found = self.reference()
            elif draw < 0.19:
                found = named_file_criterion(self.random, self.operators, self.scene.world, scope)
            elif draw < 0.31:
                found = self.app_or_cart_criterion(scope)
            elif self.attributes and draw < 0.4:
                found = self.calculated()
            elif draw < 0.46:
                found = self.sequences.draw(scope)
            elif draw < 0.7:
                found = self.event_criterion(scope)
            else:
                found = self.profile_criterion(scope)
            if 0 < len(evaluate(found, scope)) < len(scope.population()):
                break
        return found

    def criteria(self, scope: Scope, depth: int) -> dict[str, Any]:
        random = self.random
        draw = random.random()
        if depth == 0 or draw < 0.3:
            return self.leaf(scope)
        items = [self.criteria(scope, depth - 1) for _ in range(random.randint(1, 3))]
        if draw < 0.5:
            return {"all": items}
        if draw < 0.75:
            return {"any": items}
        if draw < 0.83:
            return {"none": items}
        if draw < 0.93:
            return {**self.leaf(scope), "exclude": items}
        return {**self.leaf(scope), random.choice(["all", "any", "none"]): items}

    def telling_criteria(self, scope: Scope, depth: int) -> dict[str, Any]:
        """Criteria of some users, or whatever the last of a few tries gives."""
        found: dict[str, Any] = {}
        for _ in range(6):
            found = self.criteria(scope, depth)
            if 0 < len(evaluate(found, scope)) < len(scope.population()):
                break
        return found

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

    def learn(self, audience: dict[str, Any]) -> None:
        self.oracle.add_audience(audience)
        self.nameable[audience["audience"]] = self.oracle.variants(audience["audience"])

    def audience(self, number: int) -> dict[str, Any]:
        definition: dict[str, Any] = {"audience": f"a{number:03d}", **self.scope_keys()}
        scope = self.oracle.scope(definition)
        definition["criteria"] = self.telling_criteria(scope, self.random.choice([0, 0, 1, 1, 2, 3]))
        if self.random.random() < 0.2:
            definition["ab_test"] = self.ab_test()
            if self.random.random() < 0.3:
                definition["formerly"] = f"earlier_{number}"
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
                milestone["criteria"] = self.telling_criteria(scope, random.choice([0, 1, 2]))
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
    seed: int, audience_count: int = 50, journey_count: int = 2, family: Family | None = None
) -> Project:
    """The same scene and definitions for the same seed. Later audiences may name earlier ones and milestones.

    `family`: criteria of that family alone.
    """
    scene = make_scene(seed)
    maker = _Maker(scene, seed, family)
    maker.add_attributes(ATTRIBUTES)
    audiences: list[dict[str, Any]] = []
    journeys: list[dict[str, Any]] = []
    for number in range(audience_count):
        audiences.append(maker.audience(number))
        maker.learn(audiences[-1])
        if number % max(1, audience_count // max(1, journey_count)) == 0 and len(journeys) < journey_count:
            journeys.append(maker.journey(len(journeys)))
            for milestone_id in maker.oracle.add_journey(journeys[-1]):
                maker.nameable[milestone_id] = maker.oracle.variants(milestone_id)
    return Project(scene, audiences, journeys, maker.attributes)


def complements(project: Project, seed: int, count: int) -> list[tuple[str, str]]:
    """Add `count` pairs of audiences, a criterion and its negative, to the project; their ids."""
    maker = _Maker(project.scene, -seed - 1)
    pairs: list[tuple[str, str]] = []
    for number in range(count):
        scope = maker.oracle.scope({})
        name = maker.random.choice(sorted(USER_ATTRIBUTES))
        values = maker.facts.user_values[lower(name)]
        draw = maker.random.random()
        if draw < 0.6:
            positive, negative = maker.operators.complements(values)
            bodies = [{"user": {"attribute": name, **operator}} for operator in (positive, negative)]
        elif draw < 0.8:
            values = maker.facts.identity_values["email"]
            positive, negative = maker.operators.complements(values)
            bodies = [{"identity": {"type": "email", **operator}} for operator in (positive, negative)]
        else:
            found = maker.criteria(scope, 1)
            bodies = [found, {"none": [found]}]
        ids = (f"is_{number}", f"is_not_{number}")
        project.audiences.extend(
            {"audience": audience_id, "criteria": body} for audience_id, body in zip(ids, bodies, strict=True)
        )
        pairs.append(ids)
    return pairs
