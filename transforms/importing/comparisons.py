"""A comparison of a field with a literal, as operators of spec §4.2.

Text is compared without regard to case on both sides. Of a user or event that lacks the value the service publishes
one rule, for calculated attributes: the condition is not met. It is kept for negatives, as `exists: true` beside
them, unless the map says `missing_values: in`. A text that is no number is other than any number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from transforms.criteria.operands import read_number
from transforms.documents.nodes import Scalar
from transforms.documents.report import Report
from transforms.errors import Place
from transforms.importing.findings import untranslatable
from transforms.importing.json_documents import Number
from transforms.importing.operators import OPERATORS, UNARY_OPERATORS, BinaryOperator
from transforms.importing.targets import VERSIONS, Target

if TYPE_CHECKING:
    from decimal import Decimal

    from transforms.importing.schema import Literal

#: Operators of one field, by their names here.
Operators = dict[str, Any]

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
#: What a regular expression has and a pattern of `*` and `?` does not.
_REGULAR_EXPRESSION = re.compile(r"^\^|\$$|\.[*+?]|\\|\[.*\]|\(.*\)|\|")


def compared(operator: str, literal: Literal, target: Target, missing_is_out: bool) -> Operators:
    """The operators that say `target operator literal`. Raises NotTranslatedError."""
    known = OPERATORS[operator]
    found = _positive(known, literal, target)
    return {**found, "exists": True} if known.is_negative and missing_is_out else found


def tested(operator: str, missing_is_out: bool) -> Operators:
    """The operators of a test of presence: the key is there, or it has a value (text or an element)."""
    known = UNARY_OPERATORS[operator]
    if not known.asks_for_value:
        return {"exists": not known.is_negative}
    if not known.is_negative:
        return {"partial": ""}
    return {"not_partial": "", "exists": True} if missing_is_out else {"not_partial": ""}


def _positive(operator: BinaryOperator, literal: Literal, target: Target) -> Operators:
    if target.role == "list":
        return _element(operator, literal)
    match literal.value:
        case bool() as value:
            return _boolean(operator, value, literal.at)
        case Number() as number:
            if operator.number is None:
                raise _no_meaning(operator, "a number", literal.at)
            return {operator.number: decimal(number, literal.at)}
        case str() as text:
            return _text(operator, text, target, literal.at)


def _boolean(operator: BinaryOperator, value: bool, at: str) -> Operators:
    match operator.name:
        case "equals":
            return {"is": value}
        case "not_equals":
            # A boolean here is the text `true` or `false` in any case, and so is its negative.
            return {"not_exact": "true" if value else "false"}
        case _:
            raise _no_meaning(operator, "a boolean", at)


def _text(operator: BinaryOperator, text: str, target: Target, at: str) -> Operators:
    text = readable(text, at)
    if operator.text == "pattern" or operator.text == "not_pattern":
        return {operator.text: _pattern(text, at)}
    if operator.text is not None:
        return {operator.text: text}
    if operator.version is not None:
        if target in VERSIONS and _VERSION.fullmatch(text):
            return {"version": {operator.version: text}}
        raise untranslatable(
            at, f"`{operator.name}` of text: text has no order here; compare with a number or a date"
        )
    raise _no_meaning(operator, "text", at)


def _element(operator: BinaryOperator, literal: Literal) -> Operators:
    if operator.element is None:
        raise _no_meaning(operator, "a list", literal.at)
    match literal.value:
        case bool() as value:
            return {operator.element: "true" if value else "false"}
        case Number(text=text):
            return {operator.element: text}
        case str() as text:
            return {operator.element: readable(text, literal.at)}


def _pattern(text: str, at: str) -> str:
    if _REGULAR_EXPRESSION.search(text):
        raise untranslatable(
            at,
            "this looks like a regular expression, and the documented patterns have `*` (any run) and `?` (one"
            " character) alone: which of the two is meant is not published",
        )
    return text


def _no_meaning(operator: BinaryOperator, what: str, at: str) -> Exception:
    return untranslatable(at, f"`{operator.name}` with {what} has no published meaning")


def readable(text: str, at: str) -> str:
    """The text, if a definition can hold it."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise untranslatable(at, "the text has a character that no text can hold (NUL or half a pair)")
    return text


def decimal(number: Number, at: str) -> Decimal:
    """The number, if criteria can hold it: at most 29 digits before the point and 9 after it."""
    report = Report()
    found = read_number(Scalar(number.text, Place(""), quoted=False), report)
    if found is None:
        raise untranslatable(at, "a number has at most 29 digits before the point and 9 after it")
    return found
