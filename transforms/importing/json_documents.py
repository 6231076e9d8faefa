"""Reads JSON text exactly: numbers keep their digits, a name written twice and too deep a nesting are errors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from transforms.errors import Place, Problem, UserError

#: As deep as a YAML definition may be nested.
_DEEPEST = 100


@dataclass(frozen=True)
class Number:
    """A JSON number with the digits that it is written with."""

    text: str


def read_json(text: str, file: str) -> Any:
    """The value that `text` is: dicts, lists, text, booleans, None and Numbers. Raises UserError (IMP-001)."""
    try:
        value = json.loads(
            text,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise _not_json(file, error.msg, error.lineno) from None
    except _RefusedError as error:
        raise _not_json(file, str(error)) from None
    except RecursionError:
        raise _not_json(file, f"nested deeper than {_DEEPEST} levels") from None
    if _depth(value) > _DEEPEST:
        raise _not_json(file, f"nested deeper than {_DEEPEST} levels")
    return value


class _RefusedError(Exception):
    """JSON that Python's reader takes and no reader should."""


def _refuse_constant(name: str) -> Any:
    raise _RefusedError(f"`{name}` is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError("an object has one name twice")
    return found


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return deepest


def _not_json(file: str, why: str, line: int | None = None) -> UserError:
    return UserError(
        Problem(
            "IMP-001",
            f"not a JSON document: {why}",
            Place(file, line),
            hint="an audience definition is one JSON object with `schema_version` and `audience`",
        )
    )
