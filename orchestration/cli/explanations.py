"""An explanation as lines for people, and as data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transforms.audiences.explanation import (
        Evidence,
        ExplainedCriterion,
        Explanation,
        Outside,
        Step,
    )

    Shown = Callable[[str], str]

_INDENT = "  "
_JOINS = {"all": "all of", "any": "any of", "none": "none of", "exclude": "none of the excluded"}


def text_of(found: Explanation, shown: Shown) -> Iterator[str]:
    """The explanation in lines; `shown` makes of a personal value what is printed."""
    yield _verdict(found)
    yield f"user {found.mpid}, as of {iso(found.as_of)}"
    yield from _remarks(found)
    if found.assignment is not None:
        chosen = found.assignment
        yield (
            f"variant {chosen.variant}: the md5 of `{chosen.hashed}` falls at {chosen.point:f} %, and "
            f"{chosen.variant} holds {chosen.start:f} % to {chosen.end:f} %"
        )
    if found.path:
        yield "path"
        yield from (_INDENT + _step(step) for step in found.path)
    if found.outside is not None:
        yield f"not in the population: {_outside(found.outside)}"
    if found.criteria is not None:
        yield "criteria"
        yield from (_INDENT + line for line in _criterion(found.criteria, shown))


def _verdict(found: Explanation) -> str:
    verdict = found.verdict
    if verdict.is_calculated:
        where = "in" if verdict.is_member else "not in"
    else:
        where = "would be in" if verdict.is_member else "would not be in"
    variant = "" if verdict.variant is None else f", variant {verdict.variant}"
    since = "" if found.since is None else f", since {iso(found.since)}"
    return f"{_mark(verdict.is_member)} {where} {found.audience_id}{variant}{since}"


def _remarks(found: Explanation) -> Iterator[str]:
    if not found.verdict.is_calculated:
        yield "not calculated at this as_of: this is what a run would give; `milepost run --all` calculates it"
    if found.now is None:
        yield "its definition was taken away: only what is stored can be told"
    elif found.is_overtaken:
        changed = "the definition has changed" if found.is_redefined else "data or definitions have changed"
        now = "in" if found.now.is_member else "not in"
        variant = "" if found.now.variant is None else f", variant {found.now.variant}"
        yield f"{changed} since that run: a run of this as_of would now give {now}{variant}"
    elif found.is_redefined:
        yield "the definition has changed since that run, with the same verdict: below it is as it is now"
    if found.is_by_hand:
        yield "its SQL is written by hand and need not follow the criteria below"


def _step(step: Step) -> str:
    words = f"{_mark(step.is_member)} {'in' if step.is_member else 'not in'} {step.audience_id}"
    if step.taken_by is not None:
        side = "a sibling" if step.is_remaining else "to the left"
        return f"{words}: taken by {step.taken_by}, {side}"
    if step.is_remaining and step.is_member:
        return f"{words}: remaining, no sibling took the user"
    return words


def _outside(outside: Outside) -> str:
    here = " and ".join(outside.workspaces)
    if outside.last_seen is not None:
        return f"seen last in {here} at {iso(outside.last_seen)}, and a profile lives {outside.lifetime}"
    if outside.elsewhere:
        return f"no profile in {here}, only in {' and '.join(outside.elsewhere)}"
    return f"no profile in {here}"


def _criterion(criterion: ExplainedCriterion, shown: Shown) -> Iterator[str]:
    truth = "✓ true  " if criterion.holds else "✗ false "
    if criterion.join is not None:
        yield f"{truth}{_JOINS[criterion.join]}:"
        for item in criterion.below:
            yield from (_INDENT + line for line in _criterion(item, shown))
        return
    first, *others = criterion.lines
    yield truth + first
    behind = " " * len(truth)
    yield from (behind + line for line in others)
    if criterion.compared is not None:
        compared = criterion.compared
        value = "nothing to measure" if compared.value is None else _number(compared.value)
        yield f"{behind}{compared.words}: {value} (asked: {compared.asked})"
    if criterion.evidence is not None:
        yield from (behind + _INDENT + line for line in _rows(criterion.evidence, shown))


def _rows(evidence: Evidence, shown: Shown) -> Iterator[str]:
    if not evidence.columns:
        if evidence.count:
            yield f"{evidence.count:,} {'row' if evidence.count == 1 else 'rows'}"
        return
    for row in _values(evidence, shown):
        told = [(name, value) for name, value in row.items() if value is not None]
        parts = [str(value) if name == "time" else f"{name}: {_one_line(value)}" for name, value in told]
        yield ", ".join(parts)
    if evidence.count > len(evidence.rows):
        yield f"… and {evidence.count - len(evidence.rows):,} more"


def _values(evidence: Evidence, shown: Shown) -> list[dict[str, Any]]:
    """Each row by column: instants in ISO 8601, personal values as they are shown."""

    def value_of(name: str, value: datetime | str | int | None) -> Any:
        if isinstance(value, datetime):
            return iso(value)
        return shown(value) if name in evidence.personal and isinstance(value, str) else value

    return [
        {name: value_of(name, value) for name, value in zip(evidence.columns, row, strict=True)}
        for row in evidence.rows
    ]


def answer_of(found: Explanation, shown: Shown) -> dict[str, Any]:
    """The same as data. mpids and exact numbers are text: readers of JSON take numbers for floats."""
    assignment, outside = found.assignment, found.outside
    return {
        "audience": found.audience_id,
        "mpid": str(found.mpid),
        "as_of": iso(found.as_of),
        "is_member": found.verdict.is_member,
        "variant": found.verdict.variant,
        "since": iso(found.since) if found.since else None,
        "is_calculated": found.verdict.is_calculated,
        "is_redefined": found.is_redefined,
        "is_by_hand": found.is_by_hand,
        "now": None
        if found.now is None
        else {"is_member": found.now.is_member, "variant": found.now.variant},
        "outside": None
        if outside is None
        else {
            "workspaces": list(outside.workspaces),
            "elsewhere": list(outside.elsewhere),
            "last_seen": iso(outside.last_seen) if outside.last_seen else None,
            "profile_lifetime": outside.lifetime,
        },
        "assignment": None
        if assignment is None
        else {
            "variant": assignment.variant,
            "hashed": assignment.hashed,
            "point": f"{assignment.point:f}",
            "start": f"{assignment.start:f}",
            "end": f"{assignment.end:f}",
        },
        "path": [
            {
                "audience": step.audience_id,
                "is_member": step.is_member,
                "is_remaining": step.is_remaining,
                "taken_by": step.taken_by,
            }
            for step in found.path
        ],
        "criteria": None if found.criteria is None else _criterion_answer(found.criteria, shown),
    }


def _criterion_answer(criterion: ExplainedCriterion, shown: Shown) -> dict[str, Any]:
    if criterion.join is not None:
        items = [_criterion_answer(item, shown) for item in criterion.below]
        return {"holds": criterion.holds, criterion.join: items}
    answer: dict[str, Any] = {"holds": criterion.holds, "criterion": list(criterion.lines)}
    if criterion.compared is not None:
        value = criterion.compared.value
        answer["compared"] = {
            "amount": criterion.compared.words,
            "asked": criterion.compared.asked,
            "value": None if value is None else _number(value),
        }
    if criterion.evidence is not None:
        answer["evidence"] = {
            "count": criterion.evidence.count,
            "rows": _values(criterion.evidence, shown),
        }
    return answer


def _mark(is_true: bool) -> str:
    return "✓" if is_true else "✗"


def _number(value: Any) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
