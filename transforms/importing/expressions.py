"""Expressions as criteria: which of them belong together, and `and`, `or` between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.importing.amounts import aggregated, is_and, model_of, some_event
from transforms.importing.conditions import Condition, Context, condition_of, path_of
from transforms.importing.findings import Finding, NotTranslatedError
from transforms.importing.operators import AUDIENCE_OPERATORS
from transforms.importing.profiles import is_one_value, one_of, profile_criteria
from transforms.importing.schema import (
    Aggregation,
    AudienceId,
    Binary,
    Expression,
    Logical,
    Model,
    Sequence,
    Unary,
    Unreadable,
)
from transforms.importing.sequences import sequence
from transforms.importing.tree import Group, Item, LeftOut, criterion, group

if TYPE_CHECKING:
    from transforms.importing.targets import Target

#: Levels of groups in groups, so that the YAML is not nested deeper than can be read.
_DEEPEST = 40


def translate(expression: Expression, context: Context, depth: int = 0) -> Item:
    """The criteria that say the expression, with a LeftOut wherever a part can't be said."""
    if depth > _DEEPEST and isinstance(expression, Logical):
        return LeftOut((Finding(expression.at, f"groups are nested deeper than {_DEEPEST} levels"),))
    model = model_of(expression, context)
    if model is not None:
        return some_event(expression, model, context)
    match expression:
        case Unreadable(reasons=reasons):
            return LeftOut(tuple(Finding(*reason) for reason in reasons))
        case Sequence():
            return sequence(expression, context)
        case Logical(operator="and"):
            return _all(_flat(expression, context), context, depth)
        case Logical():
            items = tuple(translate(item, context, depth + 1) for item in expression.expressions)
            joined = group("any", items)
            if isinstance(joined, Group) and joined.key == "any":
                return group("any", one_of(joined.items))
            return joined
        case Binary() if isinstance(expression.left, Aggregation) or isinstance(
            expression.right, Aggregation
        ):
            return aggregated(expression, context)
        case Binary(right=AudienceId()):
            return _membership(expression, context)
        case Unary() | Binary():
            return _profile(expression, context)


def _flat(logical: Logical, context: Context) -> tuple[Expression, ...]:
    """The items of `and`, with those of every `and` directly in it that is not of one event."""
    found: list[Expression] = []
    for item in logical.expressions:
        is_open = isinstance(item, Logical) and is_and(item) and model_of(item, context) is None
        found.extend(_flat(item, context) if isinstance(item, Logical) and is_open else (item,))
    return tuple(found)


def _all(expressions: tuple[Expression, ...], context: Context, depth: int) -> Item:
    """The items joined. Conditions side by side on the rows of one model of events are of one event, and those on
    one field of the user are of one value.
    """
    rows: dict[str, list[Expression]] = {}
    fields: dict[Target, list[Condition]] = {}
    order: list[Expression | str | Target] = []
    for expression in expressions:
        model = None if is_and(expression) else model_of(expression, context)
        if model is not None:
            order.extend([] if model in rows else [model])
            rows.setdefault(model, []).append(expression)
            continue
        condition = _one_value(expression, context)
        if condition is not None:
            order.extend([] if condition.target in fields else [condition.target])
            fields.setdefault(condition.target, []).append(condition)
            continue
        order.append(expression)
    items: list[Item] = []
    for entry in order:
        if isinstance(entry, str):
            items.append(_one_event(tuple(rows[entry]), entry, context))
        elif isinstance(entry, Unary | Binary | Logical | Sequence | Unreadable):
            items.append(translate(entry, context, depth + 1))
        else:
            items.append(profile_criteria(tuple(fields[entry]), context))
    return group("all", tuple(items))


def _one_event(expressions: tuple[Expression, ...], model: str, context: Context) -> Item:
    if len(expressions) == 1:
        return some_event(expressions[0], model, context)
    return some_event(Logical("and", expressions, expressions[0].at), model, context)


def _one_value(expression: Expression, context: Context) -> Condition | None:
    """The condition on a user's one value that an expression is, or None where it is something else."""
    if not isinstance(expression, Unary | Binary) or path_of(expression) is None:
        return None
    try:
        condition = condition_of(expression, context)
    except NotTranslatedError:
        return None
    return condition if is_one_value(condition.target) else None


def _profile(expression: Unary | Binary, context: Context) -> Item:
    try:
        return profile_criteria((condition_of(expression, context),), context)
    except NotTranslatedError as error:
        return LeftOut(error.findings)


def _membership(expression: Binary, context: Context) -> Item:
    right, left = expression.right, expression.left
    key = AUDIENCE_OPERATORS.get(expression.operator)
    if key is None or not isinstance(right, AudienceId) or not isinstance(left, Model):
        return LeftOut(
            (Finding(expression.at, "an audience takes `in` or `matches`, with the model of users"),)
        )
    try:
        is_user = context.map.is_user(left.model, left.at)
    except NotTranslatedError as error:
        return LeftOut(error.findings)
    if not is_user:
        return LeftOut((Finding(left.at, "only users are members of an audience"),))
    audience = context.audience_ids.get(right.audience)
    if audience is None:
        reason = f"which audience here is `{right.audience[:60]}` is not known: import it too, or name it below `audiences` in the map"
        return LeftOut((Finding(right.at, reason),))
    if expression.operator in ("matches", "not_matches"):
        context.findings.note(
            expression.at, "how `matches` differs from `in` is not published: taken as the same"
        )
    return criterion("audience", {key: audience})
