"""Conditions on one event as a choice of events: their kind, name, `where`, `product`, `promotion` (spec §4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from transforms.criteria.events.fields import DEVICE
from transforms.criteria.kinds.ecommerce import ACTIONS
from transforms.importing.comparisons import compared, decimal, readable, tested
from transforms.importing.conditions import Condition, Conditions, Context, OneOf
from transforms.importing.dates import Bound, bounds_of, date_operators
from transforms.importing.event_kinds import (
    ATTRIBUTION,
    CUSTOM_TYPES,
    EVENT_KINDS,
    EVENT_TYPES,
    PROMOTION_ACTIONS,
    EventKind,
)
from transforms.importing.findings import Finding, NotTranslatedError, untranslatable
from transforms.importing.operators import OPERATORS
from transforms.importing.schema import AbsoluteDate, AliasPath, Literal, RelativeDate
from transforms.importing.tree import short

if TYPE_CHECKING:
    from transforms.importing.mapping import ModelMap
    from transforms.importing.targets import Target

#: Negatives of what every event has need no `exists`, and the name of an event does not take it.
_ALWAYS_THERE = ("name", "event_type", "type")
_MILLISECONDS_A_MINUTE = 60_000


@dataclass
class Selection:
    """A choice of events as it is being put together."""

    at: str
    kinds: dict[str, str] = field(default_factory=dict)
    name: Any = None
    type: Any = None
    length: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {"where": {}, "attribute": {}, "product": {}, "promotion": {}, "batch": {}}
    )
    bounds: list[Bound] = field(default_factory=list)
    dates: dict[Target, list[Bound]] = field(default_factory=dict)

    @property
    def kind(self) -> EventKind:
        """The kind of event, once everything is read."""
        return EVENT_KINDS[next(iter(self.kinds))]

    def entries(self) -> dict[str, Any]:
        """The keys of the criterion that choose events, in the order in which analysts write them."""
        batch = self.fields["batch"]
        found: dict[str, Any] = {}
        if self.name is not None and self.kind.name_key:
            found[self.kind.name_key] = self.name
        if self.type is not None:
            found["type"] = self.type
        attributes = {self.attribute(name): found for name, found in self.fields["attribute"].items()}
        for key, fields in (
            ("where", {**self.fields["where"], **attributes}),
            ("product", self.fields["product"]),
            ("promotion", self.fields["promotion"]),
        ):
            if fields:
                found[key] = {name: short(operators) for name, operators in fields.items()}
        found.update({name: short(batch[name]) for name in DEVICE.fields if name in batch})
        return {**found, **({"length": self.length} if self.length else {})}

    def attribute(self, name: str) -> str:
        """How an event attribute is written: a field of a commerce event would win over one of its name."""
        is_hidden = name in self.kind.fields or name.startswith("attribute.")
        return f"attribute.{name}" if self.kind.fields and is_hidden else name

    def window(self) -> dict[str, Any]:
        """The window on event time: at most one date operator. Raises NotTranslatedError."""
        bounds = [bound for bound in self.bounds if not _is_now(bound)]
        if not bounds:
            return {}
        window = date_operators(bounds)
        if len(window) > 1:
            raise untranslatable(
                self.bounds[0].at, "a window is one of dates and of distances from now, not both together"
            )
        return window


def _is_now(bound: Bound) -> bool:
    """An end at now: nothing after as_of is seen in any case."""
    return bound.end == "to" and getattr(bound.value, "minutes", None) == 0


def select(conditions: Conditions, model: ModelMap, at: str, context: Context) -> Selection:
    """The events of a model for which all conditions hold. Raises NotTranslatedError with every reason."""
    selection = Selection(at)
    if model.kind is not None:
        selection.kinds[model.kind] = at
        selection.name = model.name
    reasons: list[Finding] = []
    for condition in conditions:
        try:
            _add(selection, condition, context)
        except NotTranslatedError as error:
            reasons.extend(error.findings)
    if not reasons:
        reasons.extend(_finish(selection, context))
    if reasons:
        raise NotTranslatedError(*reasons)
    return selection


def _finish(selection: Selection, context: Context) -> list[Finding]:
    at = selection.at
    if len(selection.kinds) > 1:
        return [Finding(at, f"no event is of two kinds, {' and '.join(selection.kinds)}")]
    if not selection.kinds:
        if selection.name is None:
            return [Finding(at, "which kind of event is not said: name its type, or the model in the map")]
        selection.kinds["event"] = at
        context.findings.note(at, "the kind of event is not said: taken as custom events of that name")
    try:
        for target, bounds in selection.dates.items():
            _put(selection, target, date_operators(bounds), bounds[0].at)
        selection.window()
    except NotTranslatedError as error:
        return list(error.findings)
    return _misplaced(selection)


def _misplaced(selection: Selection) -> list[Finding]:
    kind = selection.kind
    wrong = [
        what
        for what, is_wrong in (
            ("a name", selection.name is not None and kind.name_key is None),
            ("a type", selection.type is not None and not kind.takes_type),
            ("a length", bool(selection.length) and not kind.takes_length),
            ("product lines", bool(selection.fields["product"]) and not kind.takes_lines),
            ("promotions", bool(selection.fields["promotion"]) and not kind.takes_lines),
        )
        if is_wrong
    ]
    return [Finding(selection.at, f"`{kind.key}` has no {what.split(' ', 1)[-1]}") for what in wrong]


def _add(selection: Selection, condition: Condition, context: Context) -> None:
    target, operand = condition.target, condition.operand
    match target.role:
        case "every":
            _must_test_presence(condition)
        case "time" if isinstance(operand, AbsoluteDate | RelativeDate):
            selection.bounds.extend(bounds_of(condition.operator, operand, context.findings))
        case "time":
            _must_test_presence(condition)
        case "name":
            _name(selection, condition, context)
        case "event_type":
            _event_type(selection, condition)
        case "action":
            _action(selection, condition)
        case "promotion_action":
            selection.kinds["ecommerce"] = condition.at
            action = _equal_text(condition).lower()
            _set_name(selection, _known(action, PROMOTION_ACTIONS, condition.at), condition.at)
        case "length":
            selection.kinds["session"] = condition.at
            selection.length.update(_length(condition))
        case _ if isinstance(operand, AbsoluteDate | RelativeDate):
            bounds = bounds_of(condition.operator, operand, context.findings)
            selection.dates.setdefault(target, []).extend(bounds)
            if isinstance(operand, RelativeDate):
                context.findings.note(
                    operand.at, "a distance ends at as_of: a date in the future is not in it"
                )
        case _:
            _put(selection, target, _operators(condition, context), condition.at)


def _operators(condition: Condition, context: Context) -> dict[str, Any]:
    match condition.operand:
        case OneOf(values=values, at=at):
            return {"in": [readable(value, at) for value in values]}
        case Literal() as literal:
            is_there = condition.target.role in _ALWAYS_THERE
            missing_is_out = not is_there and context.missing_is_out(condition.operator)
            return compared(condition.operator, literal, condition.target, missing_is_out)
        case None:
            return tested(condition.operator, context.missing_is_out(condition.operator))
        case AliasPath():
            raise untranslatable(condition.at, "a step can only be compared in a later step of its sequence")
        case _:
            raise untranslatable(condition.at, "the location of an event can't be compared here")


def _put(selection: Selection, target: Target, operators: dict[str, Any], at: str) -> None:
    """Add operators to a field; all of them have to hold on its one value."""
    match target.role:
        case "type":
            if selection.type is not None:
                raise untranslatable(at, "two conditions on the type of one event")
            selection.kinds["event"] = at
            selection.type = short(operators)
            return
        case "where" | "product" | "promotion":
            selection.kinds["ecommerce"] = at
            part, name = selection.fields[target.role], target.name
        case "attribute":
            part, name = selection.fields["attribute"], target.name
        case role:
            part, name = selection.fields["batch"], role
    name = readable(name, at)
    found = part.setdefault(name, {})
    for key, operand in operators.items():
        if found.get(key, operand) != operand:
            raise untranslatable(
                at, f"two conditions `{key}` on one field of one event can't both be written"
            )
    found.update(operators)


def _name(selection: Selection, condition: Condition, context: Context) -> None:
    if condition.operand is None:
        _must_test_presence(condition)
        return
    if condition.operator == "equals" and isinstance(condition.operand, Literal):
        name = readable(_equal_text(condition), condition.at)
        if name == "":
            raise untranslatable(condition.at, "the name of an event is not empty")
        _set_name(selection, name, condition.at)
        return
    if not isinstance(condition.operand, Literal | OneOf) or (
        isinstance(condition.operand, Literal) and not isinstance(condition.operand.value, str)
    ):
        raise untranslatable(condition.at, "the name of an event is compared with text")
    operators = _operators(condition, context)
    if selection.name is not None and not isinstance(selection.name, dict):
        raise untranslatable(condition.at, "two conditions on the name of one event")
    _set_name(selection, {**(selection.name or {}), **operators}, condition.at, replaces=True)


def _set_name(selection: Selection, name: Any, at: str, *, replaces: bool = False) -> None:
    if selection.name not in (None, name) and not replaces:
        raise untranslatable(at, "two conditions on the name or the action of one event")
    selection.name = name


def _event_type(selection: Selection, condition: Condition) -> None:
    name = _equal_text(condition).lower()
    if name == ATTRIBUTION:
        selection.kinds["attribution_event"] = condition.at
    elif name in CUSTOM_TYPES:
        selection.kinds["event"] = condition.at
        selection.type = name
    else:
        selection.kinds[_known(name, EVENT_TYPES, condition.at)] = condition.at


def _action(selection: Selection, condition: Condition) -> None:
    selection.kinds["ecommerce"] = condition.at
    action = _equal_text(condition).lower()
    _set_name(selection, _known(action, dict(zip(ACTIONS, ACTIONS, strict=True)), condition.at), condition.at)


def _known(name: str, names: dict[str, str], at: str) -> str:
    if name not in names:
        raise untranslatable(at, f"`{name[:60]}` is none of {', '.join(names)}")
    return names[name]


def _equal_text(condition: Condition) -> str:
    match condition.operator, condition.operand:
        case "equals", Literal(value=str() as value):
            return value
        case _:
            raise untranslatable(condition.at, f"`{condition.target}` of an event can only equal a text here")


def _must_test_presence(condition: Condition) -> None:
    if condition.operator not in ("exists", "not_null"):
        raise untranslatable(
            condition.at, f"every event has `{condition.target}`: nothing but its presence can be asked"
        )


def _length(condition: Condition) -> dict[str, Any]:
    operand = condition.operand
    operator = OPERATORS[condition.operator].number if condition.operator in OPERATORS else None
    if not isinstance(operand, Literal) or isinstance(operand.value, bool | str) or operator is None:
        raise untranslatable(
            condition.at, "the length of a session is compared with a number of milliseconds"
        )
    minutes = decimal(operand.value, operand.at) / _MILLISECONDS_A_MINUTE
    if minutes != int(minutes) or minutes < 0:
        raise untranslatable(operand.at, "the length of a session is compared with whole minutes")
    return {operator: f"{int(minutes)} minute{'' if minutes == 1 else 's'}"}
