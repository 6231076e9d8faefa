"""Events of a user, there or counted, as criteria of spec §4.3."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.criteria.operators.numbers import NUMBER_OPERATORS, holds_for
from transforms.importing.comparisons import decimal, tested
from transforms.importing.conditions import alternatives, path_of
from transforms.importing.findings import NotTranslatedError, untranslatable
from transforms.importing.json_documents import Number
from transforms.importing.operators import FUNCTIONS, OPERATORS
from transforms.importing.schema import (
    Aggregation,
    Binary,
    Expression,
    Literal,
    Logical,
    Model,
    ModelPath,
    Unary,
)
from transforms.importing.selections import Selection, select
from transforms.importing.tree import Item, LeftOut, criterion, group

if TYPE_CHECKING:
    from transforms.importing.conditions import Conditions, Context
    from transforms.importing.targets import Target

#: What is there on every event: counting it counts events.
_OF_EVERY_EVENT = ("every", "time", "name", "event_type")


def some_event(expression: Expression, model: str, context: Context) -> Item:
    """Users with an event of the model for which the expression holds."""
    try:
        ways = alternatives(expression, model, context)
        if any(len(way) > 1 for way in ways):
            context.findings.note(
                expression.at,
                f"conditions side by side on `{model[:60]}` are taken as conditions on one event",
            )
        return group(
            "any", tuple(_criterion(_selected(way, model, expression.at, context), {}) for way in ways)
        )
    except NotTranslatedError as error:
        return LeftOut(error.findings)


def aggregated(expression: Binary, context: Context) -> Item:
    """Users of whose events an aggregate compares as asked with a number."""
    try:
        return _aggregated(expression, context)
    except NotTranslatedError as error:
        return LeftOut(error.findings)


def _aggregated(expression: Binary, context: Context) -> Item:
    aggregation, operator, bound = _sides(expression)
    operand = aggregation.operand
    if not isinstance(operand, ModelPath | Model):
        raise untranslatable(operand.at, "what is counted or added up is a model, or a path of it")
    if not context.map.is_user(aggregation.group_by_model, aggregation.at):
        raise untranslatable(
            aggregation.at,
            f"audiences are of users: groups of `{aggregation.group_by_model[:60]}` can't be compared",
        )
    if context.map.is_user(operand.model, operand.at):
        raise untranslatable(operand.at, "what is counted or added up are events, not users")
    if aggregation.function not in FUNCTIONS:
        raise untranslatable(
            aggregation.at, f"`{aggregation.function[:60]}` of values can't be compared here"
        )
    function = FUNCTIONS[aggregation.function]
    target = context.map.target(operand) if isinstance(operand, ModelPath) else None
    ways = alternatives(aggregation.condition, operand.model, context)
    selections = [_selected(way, operand.model, aggregation.at, context) for way in ways]
    if function == "count":
        return _counted(selections, target, {operator: bound}, aggregation.at)
    if len(selections) > 1:
        raise untranslatable(
            aggregation.at, "events that match in one of several ways can't be added up together"
        )
    return _amount(selections[0], function, target, operator, bound, aggregation.at, context)


def _sides(expression: Binary) -> tuple[Aggregation, str, Decimal]:
    left, right, name = expression.left, expression.right, expression.operator
    if isinstance(right, Aggregation):
        mirrored = OPERATORS[name].mirrored
        if mirrored is None:
            raise untranslatable(
                expression.at, f"`{name}` with the aggregate on the right has no published meaning"
            )
        left, right, name = right, left, mirrored
    operator = OPERATORS[name].number
    if (
        not isinstance(left, Aggregation)
        or not isinstance(right, Literal)
        or not isinstance(right.value, Number)
    ):
        raise untranslatable(expression.at, "an aggregate is compared with a number")
    if operator is None:
        raise untranslatable(expression.at, f"`{name}` of an aggregate has no published meaning")
    return left, operator, decimal(right.value, right.at)


def _selected(conditions: Conditions, model: str, at: str, context: Context) -> Selection:
    return select(conditions, context.map.model(model, at), at, context)


def _counted(selections: list[Selection], target: Target | None, count: dict[str, Any], at: str) -> Item:
    if target is not None and target.role not in _OF_EVERY_EVENT:
        for selection in selections:
            _need(selection, target, tested("not_null", True), at)
    is_any = count in ({"gte": Decimal(1)}, {"gt": Decimal(0)})
    is_none = count in ({"eq": Decimal(0)}, {"lt": Decimal(1)}, {"lte": Decimal(0)})
    if len(selections) > 1 and not is_any and not is_none:
        raise untranslatable(
            at, "events that match in one of several ways can only be asked to be there or not to be"
        )
    amount = {} if is_any else {"count": count}
    return group("any" if is_any else "all", tuple(_criterion(selection, amount) for selection in selections))


def _amount(
    selection: Selection,
    function: str,
    target: Target | None,
    operator: str,
    bound: Decimal,
    at: str,
    context: Context,
) -> Item:
    if target is None or target.role not in ("attribute", "where", "product"):
        raise untranslatable(
            at, f"`{function}` goes over an attribute, a field of a commerce event or of a product"
        )
    key = "product" if target.role == "product" else "attribute"
    if target.role != "attribute" and selection.kind.key != "ecommerce":
        raise untranslatable(at, f"`{selection.kind.key}` has no field `{target}`")
    field = _field(selection, target)
    if operator == "ne" and function != "sum" and context.missing_is_out("not_equals"):
        # Other than a number is under it or over it: without a value it is neither.
        ends = ({function: {key: field, side: bound}} for side in ("lt", "gt"))
        return group("any", tuple(_criterion(selection, amount) for amount in ends))
    found = _criterion(selection, {function: {key: field, operator: bound}})
    if function != "sum" or context.map.missing_is_out is False or not _holds_for_zero(operator, bound):
        return found
    _need(selection, target, {"exists": True}, at)
    context.findings.note(
        at, "users without such an event are out: a criterion on the same events is written beside it"
    )
    return group("all", (found, _criterion(selection, {})))


def _field(selection: Selection, target: Target) -> str:
    return selection.attribute(target.name) if target.role == "attribute" else target.name


def _need(selection: Selection, target: Target, operators: dict[str, Any], at: str) -> None:
    """Ask that the events have the field, unless a condition on it does already."""
    match target.role:
        case "attribute" | "where":
            part, name = selection.fields[target.role], target.name
        case "product" if operators == {"exists": True}:
            part, name = selection.fields["product"], target.name
        case "product" | "promotion":
            raise untranslatable(at, "product lines and promotions can't be counted, only their events")
        case role:
            part, name = selection.fields["batch"], role
    found = part.setdefault(name, {})
    if not any(key not in ("exists", "ne") and not key.startswith("not_") for key in found):
        found.update({key: operand for key, operand in operators.items() if key not in found})


def _holds_for_zero(operator: str, bound: Decimal) -> bool:
    """Whether a sum of nothing, which is 0 here, compares so."""
    if operator == "ne":
        return bound != 0
    positive = next(known for known in NUMBER_OPERATORS if known.name == operator)
    return holds_for(Decimal(0), positive, bound)


def _criterion(selection: Selection, amount: dict[str, Any]) -> Item:
    return criterion(selection.kind.key, {**selection.entries(), **amount, **selection.window()})


def is_and(expression: Expression) -> bool:
    """Whether the expression is an `and`."""
    return isinstance(expression, Logical) and expression.operator == "and"


def model_of(expression: Expression, context: Context) -> str | None:
    """The model of events on whose single rows the whole expression is a condition, or None where it is more.

    An `and` directly in an `and` is a criterion of its own, so the outer one is more than one event.
    """
    match expression:
        case Unary() | Binary():
            path = path_of(expression)
            try:
                is_event = path is not None and not context.map.is_user(path.model, path.at)
            except NotTranslatedError:
                return None
            return path.model if path is not None and is_event else None
        case Logical() if not (expression.operator == "and" and any(map(is_and, expression.expressions))):
            models = {model_of(item, context) for item in expression.expressions}
            return models.pop() if len(models) == 1 else None
        case _:
            return None
