"""Every operator that can stand on a value. A new one is a record in its file and nothing else."""

from __future__ import annotations

from transforms.criteria.operands import BOOLEAN
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.operators.lists import LIST_OPERATORS
from transforms.criteria.operators.numbers import NUMBER_OPERATORS
from transforms.criteria.operators.operator import Operator
from transforms.criteria.operators.text import BOOLEAN_OPERATORS, TEXT_OPERATORS

#: `exists: false` is its negative: the operand says which one is meant.
EXISTS = Operator(
    "exists", "any", BOOLEAN, lambda value, _: value.is_present(), "exists", negative_words="does not exist"
)

OPERATORS = (
    *TEXT_OPERATORS,
    *NUMBER_OPERATORS,
    *BOOLEAN_OPERATORS,
    *DATE_OPERATORS,
    *LIST_OPERATORS,
    EXISTS,
)
