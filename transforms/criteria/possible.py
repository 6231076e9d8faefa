"""Whether any value can meet several comparisons at once. In doubt it can: only what is certain is said.

Text is looked at where it is ASCII alone, in which Python and every engine agree what lower case is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.criteria.operands import DATE_TEXT, VERSION_TEXT
from transforms.criteria.ranges import instants_can_hold, of_comparison, ordered_can_hold, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.comparisons import Comparison

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
_LIKE_A_NUMBER = re.compile(r"[-+0-9.e\s]*")
#: Of more texts in a list than this none is tried: an error of a hostile author must not cost minutes.
_MOST_CANDIDATES = 20_000


def impossible(value: ComparedValue) -> tuple[Comparison, ...]:
    """The comparisons of a value that exclude each other, as few as there are; none where a value can meet all."""
    comparisons = value.comparisons
    for position, first in enumerate(comparisons):
        if not _can_hold((first,), value):
            return (first,)
        for second in comparisons[:position]:
            if not _can_hold((second, first), value):
                return (second, first)
    return () if _can_hold(comparisons, value) else comparisons


def _can_hold(comparisons: tuple[Comparison, ...], value: ComparedValue) -> bool:
    positives = [comparison for comparison in comparisons if not comparison.is_negative]
    if value.type in ("count", "number") and value.source == "computed":
        # A count is always there; of the others a negative holds where there is no value.
        if not positives and value.type == "number":
            return True
        return ordered_can_hold(comparisons, whole=value.type == "count")
    if value.type == "instant":
        return instants_can_hold(comparisons, may_be_as_of=value.may_be_as_of)
    asked = [comparison for comparison in positives if comparison.operator.reading != "any"]
    if not asked:
        return True
    if any(comparison.is_negative and comparison.operator.reading == "any" for comparison in comparisons):
        return False
    for reading in ("number", "version"):
        of_reading = [each for each in comparisons if each.operator.reading == reading]
        if any(not each.is_negative for each in of_reading) and not ordered_can_hold(of_reading):
            return False
    if not instants_can_hold(each for each in asked if each.operator.reading == "date"):
        return False
    negatives = [comparison for comparison in comparisons if comparison.is_negative]
    if value.may_be_list and all(each.operator.reading == "list" for each in asked):
        negatives = [each for each in negatives if each.operator.reading == "list"]
    elif (candidates := _candidates(asked)) is not None:
        return any(_may_be(candidate, comparisons) for candidate in candidates)
    return not _affixes_differ(asked) and not any(
        _implies(positive, negative) for positive in asked for negative in negatives
    )


def _candidates(asked: Iterable[Comparison]) -> tuple[str, ...] | None:
    """The only texts, in lower case, that one of the comparisons leaves; None where it leaves too many to try."""
    for comparison in asked:
        match comparison.operator.name:
            case "exact" | "includes":
                texts: tuple[str, ...] = (comparison.operand,)
            case "in":
                texts = comparison.operand
            case "is":
                texts = ("true" if comparison.operand else "false",)
            case _:
                continue
        return tuple(text.lower() for text in texts) if len(texts) <= _MOST_CANDIDATES else None
    return None


def _may_be(candidate: str, comparisons: Iterable[Comparison]) -> bool:
    if not candidate.isascii():
        return True
    return all(_may_hold(comparison, candidate) for comparison in comparisons)


def _may_hold(comparison: Comparison, text: str) -> bool:
    holds = _holds(comparison, text)
    return holds is None or holds != comparison.is_negative


def _holds(comparison: Comparison, text: str) -> bool | None:
    """Whether the positive operator holds for an ASCII text in lower case; None where that is not known."""
    operator, operand = comparison.operator, comparison.operand
    match operator.reading:
        case "any":
            return True
        case "number":
            # What the engine rounds or refuses decides nothing here.
            if _PLAIN_NUMBER.fullmatch(text):
                return of_comparison(comparison).contains(Decimal(text))
            return None if _LIKE_A_NUMBER.fullmatch(text) else False
        case "version":
            if VERSION_TEXT.fullmatch(text) is None:
                return False
            return of_comparison(comparison).contains(version_key(text)) if len(text) <= 18 else None
        case "date":
            return None if DATE_TEXT.match(text) or text.strip().isdigit() else False
        case "boolean":
            return text == ("true" if operand else "false")
        case "text" | "list":
            return _text_holds(operator.name, operand, text)


def _text_holds(name: str, operand: object, text: str) -> bool | None:
    if isinstance(operand, tuple):
        lowered = [each.lower() for each in operand if isinstance(each, str) and each.isascii()]
        return text in lowered or (None if len(lowered) < len(operand) else False)
    if not isinstance(operand, str):
        return None
    if not operand.isascii():
        return None
    sought = operand.lower()
    match name:
        case "exact" | "includes":
            return text == sought
        case "contains" | "partial":
            return sought in text
        case "starts_with":
            return text.startswith(sought)
        case "ends_with":
            return text.endswith(sought)
    return None


def _affixes_differ(asked: Iterable[Comparison]) -> bool:
    """Whether two beginnings, or two ends, can't be those of one text."""
    for name, turned in (("starts_with", 1), ("ends_with", -1)):
        texts = [
            each.operand.lower()[::turned]
            for each in asked
            if each.operator.name == name and each.operand.isascii()
        ]
        if any(
            not (first.startswith(second) or second.startswith(first)) for first in texts for second in texts
        ):
            return True
    return False


#: Which negatives a text that is known to be part of the value rules out.
_RULED_OUT = {
    "starts_with": ("starts_with", "contains", "partial"),
    "ends_with": ("ends_with", "contains", "partial"),
    "contains": ("contains", "partial"),
    "partial": ("contains", "partial"),
    "includes": ("includes", "partial"),
    "pattern": (),
}


def _implies(positive: Comparison, negative: Comparison) -> bool:
    """Whether what `positive` asks is what `negative` takes away."""
    known, sought = positive.operand, negative.operand
    if positive.operator is negative.operator and known == sought:
        return True
    if negative.operator.name not in _RULED_OUT.get(positive.operator.name, ()):
        return False
    if not isinstance(known, str) or not isinstance(sought, str) or not (known + sought).isascii():
        return False
    return _text_holds(negative.operator.name, sought, known.lower()) is True
