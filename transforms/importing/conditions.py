"""One test of one field, whichever side of the comparison the field stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.importing.findings import Finding, Findings, NotTranslatedError, untranslatable
from transforms.importing.operators import OPERATORS, UNARY_OPERATORS
from transforms.importing.schema import (
    AbsoluteDate,
    Aggregation,
    AliasPath,
    Binary,
    Expression,
    Literal,
    Location,
    Logical,
    ModelPath,
    Operand,
    RelativeDate,
    Unary,
    Unreadable,
)

if TYPE_CHECKING:
    from transforms.importing.mapping import ImportMap
    from transforms.importing.targets import Target

#: So many ways for one event to match; beyond it the criterion would no longer be read by people.
_MOST_ALTERNATIVES = 16
#: Roles of which `or` is not one comparison with a list.
_ONE_AT_A_TIME = ("event_type", "action", "promotion_action")


@dataclass(frozen=True)
class Context:
    """What every part of a translation looks at: the map, ids of audiences here by theirs, and the notes."""

    map: ImportMap
    audience_ids: dict[str, str]
    findings: Findings

    def missing_is_out(self, operator: str) -> bool:
        """Whether a negative does not hold without a value; notes it where nobody said."""
        known = OPERATORS.get(operator) or UNARY_OPERATORS.get(operator)
        is_asked = known is not None and known.is_negative and operator != "not_exists"
        if self.map.missing_is_out is None and is_asked:
            self.findings.note(
                "$", "whether a negative holds without a value is not published: taken as not met"
            )
        return self.map.missing_is_out is not False


@dataclass(frozen=True)
class OneOf:
    """Text that equals one of several."""

    values: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Condition:
    """A test of a target; `operand` is None for one of presence."""

    target: Target
    operator: str
    operand: Literal | AbsoluteDate | RelativeDate | AliasPath | Location | OneOf | None
    at: str


#: All of these hold on one event.
Conditions = tuple[Condition, ...]


def path_of(expression: Unary | Binary) -> ModelPath | None:
    """The one field that is tested, or None where it is something else."""
    sides = (expression.operand,) if isinstance(expression, Unary) else (expression.left, expression.right)
    paths = [side for side in sides if isinstance(side, ModelPath)]
    others = any(isinstance(side, Aggregation) for side in sides)
    return paths[0] if len(paths) == 1 and not others else None


def condition_of(expression: Unary | Binary, context: Context) -> Condition:
    """The test. Raises NotTranslatedError where it is not one field against a value."""
    path = path_of(expression)
    if path is None:
        raise untranslatable(
            expression.at,
            "a criterion compares one field with a value: two fields, or none, can't be compared",
        )
    target = context.map.target(path)
    if isinstance(expression, Unary):
        return Condition(target, expression.operator, None, expression.at)
    operator, operand = expression.operator, _other(expression, path)
    if path is expression.right and not isinstance(operand, Location):
        mirrored = OPERATORS[operator].mirrored
        if mirrored is None:
            raise untranslatable(
                expression.at, f"`{operator}` with the field on the right has no published meaning"
            )
        operator = mirrored
    if not isinstance(operand, Literal | AbsoluteDate | RelativeDate | AliasPath | Location):
        raise untranslatable(operand.at, "a field is compared with a value or a date")
    return Condition(target, operator, operand, expression.at)


def _other(expression: Binary, path: ModelPath) -> Operand:
    return expression.right if path is expression.left else expression.left


def alternatives(expression: Expression | None, model: str, context: Context) -> tuple[Conditions, ...]:
    """The ways in which one event of `model` satisfies the expression; each is conditions that all hold on it.

    Raises NotTranslatedError with every part that can't be said.
    """
    if expression is None:
        return ((),)
    found = _alternatives(expression, model, context)
    if len(found) > _MOST_ALTERNATIVES:
        raise untranslatable(
            expression.at,
            f"there are {len(found)} ways for one event to match: at most {_MOST_ALTERNATIVES} are written out",
        )
    return found


def _alternatives(expression: Expression, model: str, context: Context) -> tuple[Conditions, ...]:
    match expression:
        case Unary() | Binary():
            path = path_of(expression)
            if path is not None and path.model != model:
                raise untranslatable(
                    path.at, f"a condition on `{path.model[:60]}` inside one on `{model[:60]}`"
                )
            return ((condition_of(expression, context),),)
        case Logical():
            return _joined(expression, [_tried(item, model, context) for item in expression.expressions])
        case Unreadable(reasons=reasons):
            raise NotTranslatedError(*(Finding(*reason) for reason in reasons))
        case _:
            raise untranslatable(expression.at, "a sequence can't stand inside a condition on one event")


def _tried(
    expression: Expression, model: str, context: Context
) -> tuple[Conditions, ...] | NotTranslatedError:
    try:
        return _alternatives(expression, model, context)
    except NotTranslatedError as error:
        return error


def _joined(
    logical: Logical, found: list[tuple[Conditions, ...] | NotTranslatedError]
) -> tuple[Conditions, ...]:
    errors = [item for item in found if isinstance(item, NotTranslatedError)]
    if errors:
        raise NotTranslatedError(*(finding for error in errors for finding in error.findings))
    items = [item for item in found if not isinstance(item, NotTranslatedError)]
    if logical.operator == "or":
        return _one_of(tuple(way for item in items for way in item), logical.at)
    ways: tuple[Conditions, ...] = ((),)
    for item in items:
        ways = tuple((*before, *after) for before in ways for after in item)
        if len(ways) > _MOST_ALTERNATIVES * _MOST_ALTERNATIVES:
            break
    return ways


def _one_of(ways: tuple[Conditions, ...], at: str) -> tuple[Conditions, ...]:
    """Equalities of one field as one comparison with a list."""
    values: list[str] = []
    targets = set()
    for way in ways:
        match way:
            case (Condition(operator="equals", operand=Literal(value=str() as value), target=target),):
                values.append(value)
                targets.add(target)
            case _:
                return ways
    if len(targets) != 1 or len(ways) == 1:
        return ways
    (target,) = targets
    if target.role in (*_ONE_AT_A_TIME, "list"):
        return ways
    return ((Condition(target, "equals", OneOf(tuple(dict.fromkeys(values)), at), at),),)
