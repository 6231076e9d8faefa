"""The record of one operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from transforms.criteria.operands import Operand
    from transforms.criteria.values import Value

#: What an operator reads a value as. `any` asks only whether it is there.
Reading = Literal["text", "number", "boolean", "date", "list", "version", "any"]


@dataclass(frozen=True)
class Operator:
    """One positive operator, and the name of the negative that is its exact complement, if it has one.

    `holds` gives the condition for a value and an operand that `operand` has read. It may be unknown (null)
    where the value is missing or can't be read: unknown counts as not holding.
    """

    name: str
    reading: Reading
    operand: Operand
    holds: Callable[[Value, Any], exp.Expr]
    words: str
    negative: str | None = None
    negative_words: str = ""
