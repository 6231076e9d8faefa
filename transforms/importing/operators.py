"""The service's operators, one record each, and what they are called here. A new one is a record and nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BinaryOperator:
    """A comparison of a field with a literal or a date, by the kind of the literal.

    None where the service's operator has no meaning on that kind, or none that can be said here. `mirrored` is the
    operator that says the same with the sides exchanged. `is_negative`: it holds on what its positive does not.
    `version` is the comparison of versions, for text that has no other order.
    """

    name: str
    text: str | None = None
    number: str | None = None
    element: str | None = None
    version: str | None = None
    mirrored: str | None = None
    is_negative: bool = False


@dataclass(frozen=True)
class UnaryOperator:
    """A test of whether a field is there (`exists`), or has a value (`partial`: text or an element)."""

    name: str
    asks_for_value: bool
    is_negative: bool


_BINARY = (
    BinaryOperator("equals", text="exact", number="eq", mirrored="equals"),
    BinaryOperator("not_equals", text="not_exact", number="ne", mirrored="not_equals", is_negative=True),
    BinaryOperator("less_than", number="lt", version="lt", mirrored="greater_than"),
    BinaryOperator("less_than_equal", number="lte", version="lte", mirrored="greater_than_equal"),
    BinaryOperator("greater_than", number="gt", version="gt", mirrored="less_than"),
    BinaryOperator("greater_than_equal", number="gte", version="gte", mirrored="less_than_equal"),
    BinaryOperator("matches", text="pattern"),
    BinaryOperator("not_matches", text="not_pattern", is_negative=True),
    BinaryOperator("contains", text="contains", element="includes"),
    BinaryOperator("not_contains", text="not_contains", element="not_includes", is_negative=True),
    BinaryOperator("starts_with", text="starts_with"),
    BinaryOperator("not_starts_with", text="not_starts_with", is_negative=True),
    BinaryOperator("ends_with", text="ends_with"),
    BinaryOperator("not_ends_with", text="not_ends_with", is_negative=True),
    BinaryOperator("in"),
    BinaryOperator("not_in", is_negative=True),
    BinaryOperator("within"),
)
OPERATORS = {operator.name: operator for operator in _BINARY}

_UNARY = (
    UnaryOperator("exists", asks_for_value=False, is_negative=False),
    UnaryOperator("not_exists", asks_for_value=False, is_negative=True),
    UnaryOperator("not_null", asks_for_value=True, is_negative=False),
    UnaryOperator("null", asks_for_value=True, is_negative=True),
)
UNARY_OPERATORS = {operator.name: operator for operator in _UNARY}

#: Of another audience, to the key of `audience`. The service does not publish how `in` and `matches` differ.
AUDIENCE_OPERATORS = {"in": "in", "not_in": "not_in", "matches": "in", "not_matches": "not_in"}

#: The service's functions over events, to ours.
FUNCTIONS = {"count": "count", "sum": "sum", "avg": "average", "min": "min", "max": "max"}
