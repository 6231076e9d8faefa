"""A criterion and its negative: two ways to write what splits the population (spec §4.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.support.generated_attributes import NUMBERS
from tests.support.generated_events import EVENT_KINDS
from tests.support.generated_places import Places
from tests.support.oracle.calculated import number_text
from tests.support.oracle.conditions import NUMBER_OPERATORS
from tests.support.oracle.criteria import AGGREGATES
from tests.support.oracle.values import lower
from tests.support.world_files import COLUMNS
from tests.support.world_values import USER_ATTRIBUTES

if TYPE_CHECKING:
    from tests.support.generated_criteria import Criteria
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Value

#: Comparisons of what always has a value: a count, and a sum or a number of distinct values, which are 0 of nothing.
_OPPOSITE = {"gte": "lt", "gt": "lte", "eq": "ne"}
_WITH_VALUE = ("count", "sum", "distinct")
_STATES = ("granted", "denied", "not_present")

Opposites = tuple[dict[str, Any], dict[str, Any]]


def opposites(criteria: Criteria, kind: str, scope: Scope) -> Opposites:
    """Of one kind, by its own operators where it has opposite ones, else with `none`."""
    random, operators, facts = criteria.random, criteria.operators, criteria.events.facts
    if kind in EVENT_KINDS:
        return _of_events(criteria, kind, scope)
    match kind:
        case "user":
            name = random.choice(sorted(USER_ATTRIBUTES))
            own, pair = {"attribute": name}, operators.complements(facts.user_values[lower(name)])
        case "identity":
            own, pair = {"type": "email"}, operators.complements(facts.identity_values["email"])
        case "calculated":
            definition = random.choice(criteria.attributes)
            own, pair = {"attribute": definition["attribute"]}, _of_value(criteria, definition)
        case "audience":
            (body,) = criteria.of_kind(kind, scope).values()
            named = body.pop("in", None) or body.pop("not_in")
            own, pair = body, ({"in": named}, {"not_in": named})
        case "consent":
            body = criteria.of_kind(kind, scope)[kind]
            others = [{**body, "state": state} for state in _STATES if state != body["state"]]
            return {kind: body}, {"any": [{kind: other} for other in others]}
        case "model":
            column = random.choice(sorted(COLUMNS))
            pair = operators.complements([row[column] for _, row in scope.models["scores"]])
            one, other = ({kind: {"name": "scores", "where": {column: each}}} for each in pair)
            return one, other
        case _ if kind in Places.kinds:
            return _of_place(criteria, kind)
        case _:
            found = criteria.telling(kind, scope)
            return found, {"none": [found]}
    return {kind: {**own, **pair[0]}}, {kind: {**own, **pair[1]}}


def _of_events(criteria: Criteria, kind: str, scope: Scope) -> Opposites:
    """The same events, with the opposite of what is asked of their amount."""
    random = criteria.random
    body = criteria.telling(kind, scope)[kind]
    measured = next((name for name in ("count", *AGGREGATES) if name in body), "count")
    written = body.pop(measured, {"gte": 1})
    field = {key: operand for key, operand in written.items() if key in ("attribute", "product")}
    operator, bound = next(item for item in written.items() if item[0] in (*NUMBER_OPERATORS, "ne"))
    if operator not in _OPPOSITE or measured not in _WITH_VALUE:
        operator = random.choice(list(_OPPOSITE)) if measured in _WITH_VALUE else "eq"
        bound = bound[0] if isinstance(bound, list) else bound
    pair = ({operator: bound}, {_OPPOSITE[operator]: bound})
    one, other = ({kind: {**body, measured: {**field, **each}}} for each in pair)
    return one, other


def _of_place(criteria: Criteria, kind: str) -> Opposites:
    """One field of a device, an address or an attribution: of two, the positives would hold on one row."""
    places, random = criteria.profiles.places, criteria.random
    name = random.choice([name for known, name in places.values if known == kind])
    own = {"on": random.choice(["install", "uninstall"])} if kind == "attribution" else {}
    pair = criteria.operators.complements([value for value in places.values[kind, name] if value is not None])
    one, other = ({kind: {**own, name: each}} for each in pair)
    return one, other


def _of_value(criteria: Criteria, definition: dict[str, Any]) -> Opposites:
    """Operators that can read the value of a calculated attribute."""
    function, operators = definition["function"], criteria.operators
    values = criteria.oracle.values(definition["attribute"]).values()
    texts: list[Value] = [number_text(each) if isinstance(each, Fraction) else each for each in values]
    if function.endswith("_timestamp"):
        return {"exists": True}, {"exists": False}
    if function in NUMBERS:
        bound = operators.bound(texts)
        return {"eq": bound}, {"ne": bound}
    if function == "unique_list":
        text = operators.text_operand(texts)
        return {"includes": text}, {"not_includes": text}
    return operators.complements(texts)
