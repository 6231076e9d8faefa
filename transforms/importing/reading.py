"""JSON values as records of the schema. What does not fit becomes Unreadable and stops nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

from transforms.importing.findings import NotTranslatedError, untranslatable
from transforms.importing.json_documents import Number
from transforms.importing.operators import AUDIENCE_OPERATORS, OPERATORS, UNARY_OPERATORS
from transforms.importing.schema import (
    AbsoluteDate,
    Aggregation,
    AliasPath,
    AudienceId,
    Binary,
    Expression,
    Literal,
    Location,
    Logical,
    Model,
    ModelPath,
    Operand,
    RelativeDate,
    Sequence,
    Step,
    Unary,
    Unreadable,
)

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS = (str, bool, Number, list, dict)


def below(at: str, key: str | int) -> str:
    """The path of a child; names other than plain words are quoted as JSON does."""
    if isinstance(key, int):
        return f"{at}[{key}]"
    return f"{at}.{key}" if _WORD.fullmatch(key) else f"{at}[{json.dumps(key)}]"


def read_expression(value: Any, at: str, model: str | None = None) -> Expression:
    """The expression that `value` is. `model` stands in for a path without one (the schema's earlier join form)."""
    try:
        return _expression(value, at, model)
    except NotTranslatedError as error:
        return Unreadable(tuple((finding.path, finding.reason) for finding in error.findings), at)


def _expression(value: Any, at: str, model: str | None) -> Expression:
    found = _object(value, at, "an expression")
    if "expression" in found and "model" in found:
        _only(found, ("model", "expression"), at)
        return read_expression(
            found["expression"], below(at, "expression"), _text(found["model"], below(at, "model"))
        )
    operator = _text(_needed(found, "operator", at), below(at, "operator"))
    if operator in ("and", "or"):
        _only(found, ("operator", "expressions"), at)
        items = _list(_needed(found, "expressions", at), below(at, "expressions"))
        if not items:
            raise untranslatable(
                at, f"`{operator}` of nothing: is it everyone or no one? Milepost has no empty group"
            )
        return Logical(operator, tuple(read_expression(item, place, model) for place, item in items), at)
    if operator == "then":
        _only(found, ("operator", "sequence"), at)
        items = _list(_needed(found, "sequence", at), below(at, "sequence"))
        return Sequence(tuple(_step(item, place) for place, item in items), at)
    if operator in UNARY_OPERATORS:
        _only(found, ("operator", "operand"), at)
        return Unary(operator, _operand(_needed(found, "operand", at), below(at, "operand"), model), at)
    if operator in OPERATORS or operator in AUDIENCE_OPERATORS:
        _only(found, ("operator", "left", "right"), at)
        left = _operand(_needed(found, "left", at), below(at, "left"), model)
        return Binary(operator, left, _operand(_needed(found, "right", at), below(at, "right"), model), at)
    raise untranslatable(below(at, "operator"), f"the schema has no operator {_shown(operator)}")


def _step(value: Any, at: str) -> Step:
    found = _object(value, at, "a step")
    _only(found, ("alias", "operand", "condition"), at)
    operand = _operand(_needed(found, "operand", at), below(at, "operand"), None)
    if not isinstance(operand, ModelPath):
        raise untranslatable(operand.at, "a step names a model and the path of its time")
    condition = found.get("condition")
    return Step(
        _text(_needed(found, "alias", at), below(at, "alias")),
        operand,
        None if condition is None else read_expression(condition, below(at, "condition")),
        at,
    )


def _operand(value: Any, at: str, model: str | None) -> Operand:
    if isinstance(value, str | bool | Number):
        return Literal(value, at)
    found = _object(value, at, "an operand")
    keys = set(found)
    if "operator" in keys:
        return _aggregation(found, at)
    if keys == {"date"}:
        return _date(found["date"], below(at, "date"))
    if keys == {"location"}:
        return _location(found["location"], below(at, "location"))
    if keys == {"audience"}:
        return AudienceId(_text(found["audience"], below(at, "audience")), at)
    if keys == {"model"}:
        return Model(_text(found["model"], below(at, "model")), at)
    if keys == {"alias", "path"}:
        return AliasPath(
            _text(found["alias"], below(at, "alias")), _text(found["path"], below(at, "path")), at
        )
    if keys == {"model", "path"}:
        return ModelPath(
            _text(found["model"], below(at, "model")), _text(found["path"], below(at, "path")), at
        )
    if keys == {"path"} and model is not None:
        return ModelPath(model, _text(found["path"], below(at, "path")), at)
    raise untranslatable(at, f"the schema has no operand with the keys {_keys(found)}")


def _aggregation(found: dict[str, Any], at: str) -> Aggregation:
    function = _text(found["operator"], below(at, "operator"))
    _only(found, ("operator", "group_by_model", "operand", "condition"), at)
    condition = found.get("condition")
    return Aggregation(
        function,
        _text(_needed(found, "group_by_model", at), below(at, "group_by_model")),
        _operand(_needed(found, "operand", at), below(at, "operand"), None),
        None if condition is None else read_expression(condition, below(at, "condition")),
        at,
    )


def _date(value: Any, at: str) -> AbsoluteDate | RelativeDate:
    found = _object(value, at, "a date")
    if set(found) == {"absolute"}:
        return AbsoluteDate(_text(found["absolute"], below(at, "absolute")), at)
    _only(found, ("relative",), at)
    at = below(at, "relative")
    relative = _object(_needed(found, "relative", at), at, "a relative date")
    _only(relative, ("offset", "unit", "boundary", "relative_to"), at)
    anchor = relative.get("relative_to")
    related = None if anchor is None else _operand(anchor, below(at, "relative_to"), None)
    if related is not None and not isinstance(related, AliasPath):
        raise untranslatable(related.at, "a date is relative to a step's path, `{alias, path}`")
    boundary = relative.get("boundary")
    return RelativeDate(
        _number(_needed(relative, "offset", at), below(at, "offset")),
        _text(_needed(relative, "unit", at), below(at, "unit")),
        None if boundary is None else _text(boundary, below(at, "boundary")),
        related,
        at,
    )


def _location(value: Any, at: str) -> Location:
    found = _object(value, at, "a location")
    _only(found, ("latitude", "longitude", "distance"), at)
    if "distance" not in found:
        raise untranslatable(
            at, "a location without a distance is a point: Milepost compares distances to it"
        )
    inside = below(at, "distance")
    distance = _object(found["distance"], inside, "a distance")
    _only(distance, ("value", "unit"), inside)
    return Location(
        _number(_needed(found, "latitude", at), below(at, "latitude")),
        _number(_needed(found, "longitude", at), below(at, "longitude")),
        _number(_needed(distance, "value", inside), below(inside, "value")),
        _text(_needed(distance, "unit", inside), below(inside, "unit")),
        at,
    )


def _object(value: Any, at: str, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise untranslatable(at, f"{what} is an object here, and this is {_kind(value)}")
    return value


def _list(value: Any, at: str) -> list[tuple[str, Any]]:
    if not isinstance(value, list):
        raise untranslatable(at, f"a list is expected, and this is {_kind(value)}")
    return [(below(at, index), item) for index, item in enumerate(value)]


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or value == "":
        raise untranslatable(at, f"text is expected, and this is {_kind(value)}")
    return value


def _number(value: Any, at: str) -> Number:
    if not isinstance(value, Number):
        raise untranslatable(at, f"a number is expected, and this is {_kind(value)}")
    return value


def _needed(found: dict[str, Any], key: str, at: str) -> Any:
    if key not in found:
        raise untranslatable(at, f"`{key}` is missing")
    return found[key]


def _only(found: dict[str, Any], known: tuple[str, ...], at: str) -> None:
    unknown = [key for key in found if key not in known]
    if unknown:
        raise untranslatable(below(at, unknown[0]), "the schema has no such key here")


def _keys(found: dict[str, Any]) -> str:
    return ", ".join(_shown(key) for key in list(found)[:5]) or "(none)"


def _shown(text: str) -> str:
    return f"`{text[:60]}`"


def _kind(value: Any) -> str:
    names = ("text" if value else "empty text", "a boolean", "a number", "a list", "an object")
    return next(
        (name for kind, name in zip(_KINDS, names, strict=True) if isinstance(value, kind)), "nothing"
    )
