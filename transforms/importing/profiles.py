"""Conditions on a user as criteria of spec §4.4. A role with a form of its own is a function here."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.importing.comparisons import compared, decimal, readable, tested
from transforms.importing.dates import Bound, bounds_of, date_operators, day_after, day_of
from transforms.importing.findings import NotTranslatedError, untranslatable
from transforms.importing.schema import AbsoluteDate, Literal, Location, RelativeDate
from transforms.importing.targets import INSTANTS, Target
from transforms.importing.tree import Group, Item, LeftOut, Written, criterion, group, short

if TYPE_CHECKING:
    from transforms.importing.conditions import Condition, Context

#: Kilometres in one of the schema's units.
_KILOMETRES = {"meters": Decimal("0.001"), "kilometers": Decimal(1), "miles": Decimal("1.609344")}

#: Roles with one value a user: conditions that stand side by side are of that value.
_ONE_VALUE = ("attribute", "list", "calculated", *INSTANTS)


def profile_criteria(conditions: tuple[Condition, ...], context: Context) -> Item:
    """What conditions on one target, all of which hold, ask of a user; the parts that can't be said are left out."""
    target = conditions[0].target
    try:
        readable(target.name, conditions[0].at)
    except NotTranslatedError as error:
        return LeftOut(error.findings)
    items: list[Item] = []
    bounds: list[Bound] = []
    merged: list[dict[str, Any]] = []
    for condition in conditions:
        try:
            match condition.operand:
                case AbsoluteDate() | RelativeDate() if condition.operator == "not_equals":
                    items.append(_off_day(condition, context))
                case AbsoluteDate() | RelativeDate() as date:
                    _must_be_text(target, date.at)
                    bounds.extend(bounds_of(condition.operator, date, context.findings))
                case _ if target.role == "consent":
                    items.append(_consent(condition, context))
                case Location() as location:
                    items.append(_near(condition, location))
                case Literal() | None:
                    _merge(merged, _operators(condition, context))
                case _:
                    raise untranslatable(condition.at, "a step of a sequence can't be compared with a user")
        except NotTranslatedError as error:
            items.append(LeftOut(error.findings))
    if bounds:
        try:
            _merge(merged, date_operators(bounds))
            _note_future(target, bounds, context)
        except NotTranslatedError as error:
            items.append(LeftOut(error.findings))
    return group("all", (*(_written(target, operators) for operators in map(_between, merged)), *items))


def _operators(condition: Condition, context: Context) -> dict[str, Any]:
    target, operand = condition.target, condition.operand
    if target.role in INSTANTS or target.role == "point":
        raise untranslatable(
            condition.at,
            f"`{target}` is compared with {'a location' if target.role == 'point' else 'dates'} alone",
        )
    missing_is_out = context.missing_is_out(condition.operator)
    if isinstance(operand, Literal):
        return compared(condition.operator, operand, target, missing_is_out)
    return tested(condition.operator, missing_is_out)


def _must_be_text(target: Target, at: str) -> None:
    if target.role in ("list", "consent", "point"):
        raise untranslatable(at, f"`{target.role}` can't be compared with a date")


def _merge(merged: list[dict[str, Any]], operators: dict[str, Any]) -> None:
    """Add to the first mapping that has none of these operators with another operand."""
    for found in merged:
        if all(found.get(name, operand) == operand for name, operand in operators.items()):
            found.update(operators)
            return
    merged.append(dict(operators))


def _between(operators: dict[str, Any]) -> dict[str, Any]:
    if "gte" in operators and "lte" in operators and operators["gte"] <= operators["lte"]:
        ends = [operators["gte"], operators["lte"]]
        return {
            "between": ends,
            **{name: value for name, value in operators.items() if name not in ("gte", "lte")},
        }
    return operators


def _written(target: Target, operators: dict[str, Any]) -> Item:
    name = target.name
    match target.role:
        case "attribute" | "list":
            return criterion("user", {"attribute": name, **operators})
        case "calculated":
            return criterion("calculated", {"attribute": name, **operators})
        case "identity":
            return criterion("identity", {"type": name, **operators})
        case "device" | "location":
            return criterion(target.role, {name: short(operators)})
        case "attribution":
            on, _, key = name.partition(".")
            return criterion("attribution", {"on": on, key: short(operators)})
        case role:
            return criterion(role, operators)


def _off_day(condition: Condition, context: Context) -> Item:
    """Not on a day: on another one, or (`missing_values: in`) whatever is not on it."""
    operand = condition.operand
    if not isinstance(operand, AbsoluteDate):
        raise untranslatable(condition.at, "`not_equals` with an instant relative to now can't be said")
    _must_be_text(condition.target, condition.at)
    day, _ = day_of(operand)
    if not context.missing_is_out(condition.operator):
        return Group("none", (_written(condition.target, {"on": day}),))
    others = ({"before": day}, {"after": day_after(day, operand.at)})
    return group("any", tuple(_written(condition.target, operators) for operators in others))


def _note_future(target: Target, bounds: list[Bound], context: Context) -> None:
    if target.role in ("attribute", "calculated") and "within" in date_operators(bounds):
        context.findings.note(bounds[0].at, "`within` ends at as_of: a date in the future is not in it")


def _consent(condition: Condition, context: Context) -> Item:
    regulation, _, purpose = condition.target.name.partition(".")
    states = _consent_states(condition, context)

    def of_state(state: str) -> Item:
        return criterion("consent", {"regulation": regulation, "purpose": purpose, "state": state})

    return group("any", tuple(of_state(state) for state in states))


def _consent_states(condition: Condition, context: Context) -> tuple[str, ...]:
    absent = () if context.missing_is_out(condition.operator) else ("not_present",)
    match condition.operator, condition.operand:
        case (("exists" | "not_null"), None):
            return ("granted", "denied")
        case (("not_exists" | "null"), None):
            return ("not_present",)
        case "equals", Literal(value=bool() as value):
            return ("granted" if value else "denied",)
        case "not_equals", Literal(value=bool() as value):
            return ("denied" if value else "granted", *absent)
        case _:
            raise untranslatable(condition.at, "consent is compared with true or false, or with its presence")


def _near(condition: Condition, location: Location) -> Item:
    if condition.target.role != "point" or condition.operator != "within":
        raise untranslatable(condition.at, "a location is compared by `within` with the location of a user")
    if location.unit not in _KILOMETRES:
        raise untranslatable(location.at, f"the schema has no unit of distance `{location.unit[:60]}`")
    latitude, longitude = decimal(location.latitude, location.at), decimal(location.longitude, location.at)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise untranslatable(location.at, "latitude is from -90 to 90, longitude from -180 to 180")
    kilometres = (decimal(location.distance, location.at) * _KILOMETRES[location.unit]).normalize()
    if kilometres <= 0 or -int(kilometres.as_tuple().exponent) > 9:
        raise untranslatable(location.at, "a distance is above 0 and has at most 9 decimals in kilometres")
    point = {"lat": latitude, "lon": longitude}
    return criterion("location", {"within": {"km": kilometres, "of": point}})


def is_one_value(target: Target) -> bool:
    """Whether a user has at most one value of the target, so that conditions on it can be written as one criterion."""
    return target.role in _ONE_VALUE


def one_of(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Equalities of one field that stand side by side below `any`, as one criterion with a list."""
    found: list[Item] = []
    for item in items:
        before = found[-1] if found else None
        both = _as_list(before, item) if isinstance(before, Written) and isinstance(item, Written) else None
        found[-1:] = [both] if both is not None else [*found[-1:], item]
    return tuple(found)


def _as_list(before: Written, item: Written) -> Written | None:
    first, second = _equality(before), _equality(item)
    if first is None or second is None or first[0] != second[0]:
        return None
    (key, head), values = first[0], list(dict.fromkeys([*first[1], *second[1]]))
    return criterion(
        key, {**dict(head), "in": values} if len(values) > 1 else {**dict(head), "exact": values[0]}
    )


def _equality(item: Written) -> tuple[tuple[str, tuple[tuple[str, str], ...]], list[str]] | None:
    """Kind and head of a criterion that is an equality and nothing else, and the texts that it allows."""
    (key, value) = next(iter(item.entries.items()))
    if key not in ("user", "calculated", "identity") or not isinstance(value, dict):
        return None
    head = tuple(entry for entry in value.items() if entry[0] in ("attribute", "type"))
    rest = {name: operand for name, operand in value.items() if name not in ("attribute", "type")}
    if list(rest) == ["exact"]:
        return (key, head), [rest["exact"]]
    return ((key, head), rest["in"]) if list(rest) == ["in"] else None
