"""What criteria ask, apart from where they are written: equal for two that ask the same."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from typing import Any

from transforms.criteria.logic import AllOf, AnyOf, NoneOf
from transforms.criteria.operators.operator import Operator
from transforms.errors import Place


def meaning(asked: Any) -> Hashable:
    """A key that is equal for two criteria, or parts of them, that differ in their places alone.

    Criteria that say the same in other words have different keys.
    """
    if isinstance(asked, AllOf | AnyOf | NoneOf):
        return (type(asked), frozenset(meaning(item) for item in asked.items))
    if isinstance(asked, Operator):
        # The names tell operators apart, but for those of numbers and of versions.
        return (asked.reading, asked.name)
    if is_dataclass(asked):
        values = (getattr(asked, field.name) for field in fields(asked))
        return (type(asked), *(meaning(value) for value in values if not isinstance(value, Place)))
    if isinstance(asked, tuple | list):
        return tuple(meaning(item) for item in asked)
    return asked if isinstance(asked, Hashable) else id(asked)
