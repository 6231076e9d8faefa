"""`then` as a sequence of spec §4.5: bounds between a step and the one before become `after`, windows `within`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.importing.comparisons import readable
from transforms.importing.conditions import Condition, Context, alternatives
from transforms.importing.dates import Distance, distance_of
from transforms.importing.findings import Finding, NotTranslatedError, untranslatable
from transforms.importing.schema import AliasPath, RelativeDate, Sequence, Step
from transforms.importing.selections import Selection, select
from transforms.importing.tree import Item, LeftOut, Written

if TYPE_CHECKING:
    from transforms.importing.targets import Target

#: A gap's operators, to the keys of `after`; both ends are in.
_GAPS = {
    "less_than_equal": "at_most",
    "less_than": "at_most",
    "greater_than_equal": "at_least",
    "greater_than": "at_least",
}
_SAME_AS_FIRST = {"same_as": Decimal(1)}


def sequence(written: Sequence, context: Context) -> Item:
    """Users with a chain of events, each later than the one before."""
    reasons: list[Finding] = []
    steps: list[tuple[Selection, dict[str, Distance]]] = []
    if len(written.steps) < 2:
        reasons.append(Finding(written.at, "a sequence has at least two steps"))
    for index, step in enumerate(written.steps):
        try:
            first = steps[0][0] if steps else None
            steps.append(_step(step, written.steps[:index], first, context))
        except NotTranslatedError as error:
            reasons.extend(error.findings)
    window: dict[str, Any] = {}
    try:
        window = {} if reasons else _window([selection for selection, _ in steps])
    except NotTranslatedError as error:
        reasons.extend(error.findings)
    if reasons:
        return LeftOut(tuple(reasons))
    return Written({"sequence": [_entries(*step) for step in steps], **window})


def _entries(selection: Selection, gap: dict[str, Distance]) -> dict[str, Any]:
    after = {key: gap[key].text for key in ("at_least", "at_most") if key in gap}
    return {selection.kind.key: selection.entries(), **({"after": after} if after else {})}


def _step(
    step: Step, before: tuple[Step, ...], first: Selection | None, context: Context
) -> tuple[Selection, dict[str, Distance]]:
    model = context.map.model(step.operand.model, step.operand.at)
    if model.is_user:
        raise untranslatable(step.operand.at, "a step is an event, not a user")
    if context.map.target(step.operand).role != "time":
        raise untranslatable(step.operand.at, "a step is ordered by the time of its event")
    if any(earlier.alias == step.alias for earlier in before):
        raise untranslatable(step.at, f"two steps have the alias `{step.alias[:60]}`")
    ways = alternatives(step.condition, step.operand.model, context)
    if len(ways) != 1:
        raise untranslatable(step.at, "a step is one choice of events: it can't match in one of several ways")
    related = [condition for condition in ways[0] if _is_related(condition)]
    selection = select(
        tuple(condition for condition in ways[0] if not _is_related(condition)), model, step.at, context
    )
    gap: dict[str, Distance] = {}
    for condition in related:
        match condition.operand:
            case RelativeDate(relative_to=AliasPath() as anchor) as date:
                for key, distance in _gap(condition, date, anchor, before, context).items():
                    if gap.setdefault(key, distance) != distance:
                        raise untranslatable(condition.at, f"two times `{key}` between two steps")
            case AliasPath() as alias:
                _same(selection, condition, alias, before, first, context)
    if "at_least" in gap and "at_most" in gap and gap["at_least"].minutes > gap["at_most"].minutes:
        raise untranslatable(step.at, "no step is at least that much and at most this much later")
    return selection, gap


def _is_related(condition: Condition) -> bool:
    match condition.operand:
        case AliasPath():
            return True
        case RelativeDate(relative_to=anchor):
            return anchor is not None
        case _:
            return False


def _gap(
    condition: Condition, date: RelativeDate, anchor: AliasPath, before: tuple[Step, ...], context: Context
) -> dict[str, Distance]:
    target, step = _anchor(anchor, before, context)
    if condition.target.role != "time" or target.role != "time" or step != before[len(before) - 1]:
        raise untranslatable(
            condition.at, "`after` is the time since the step before; other distances can't be said"
        )
    key = _GAPS.get(condition.operator)
    if key is None:
        raise untranslatable(condition.at, f"`{condition.operator}` between two steps can't be said")
    distance = distance_of(date, sign=1)
    if distance.minutes == 0:
        if key == "at_most":
            raise untranslatable(date.at, "a step is later than the one before: no time for it is left")
        return {}
    if condition.operator in ("less_than", "greater_than"):
        context.findings.note(date.at, f"`after` has its ends in: exactly {distance.text} later is in too")
    return {key: distance}


def _same(
    selection: Selection,
    condition: Condition,
    alias: AliasPath,
    before: tuple[Step, ...],
    first: Selection | None,
    context: Context,
) -> None:
    target, step = _anchor(alias, before, context)
    if condition.operator != "equals" or target != condition.target or step != next(iter(before)):
        raise untranslatable(
            condition.at, "a step can only be compared with the first step: the same field, and equal"
        )
    if target.role not in ("attribute", "where", "product"):
        raise untranslatable(condition.at, f"`{target}` of two steps can't be compared")
    if first is None:
        raise untranslatable(condition.at, "the first step, with which this one is compared, can't be said")
    is_commerce = selection.kind.takes_lines and first.kind.takes_lines
    if target.role != "attribute" and not is_commerce:
        raise untranslatable(condition.at, f"`{target}` is there in commerce events alone")
    if target.role == "attribute" and selection.attribute(target.name) != first.attribute(target.name):
        raise untranslatable(condition.at, f"`{target}` has another name in the first step")
    found = selection.fields[target.role].setdefault(readable(target.name, condition.at), {})
    if found:
        raise untranslatable(condition.at, "`same_as` stands alone on its field")
    found.update(_SAME_AS_FIRST)


def _anchor(anchor: AliasPath, before: tuple[Step, ...], context: Context) -> tuple[Target, Step]:
    step = next((step for step in before if step.alias == anchor.alias), None)
    if step is None:
        raise untranslatable(anchor.at, f"no earlier step has the alias `{anchor.alias[:60]}`")
    path = type(step.operand)(step.operand.model, anchor.path, anchor.at)
    return context.map.target(path), step


def _window(selections: list[Selection]) -> dict[str, Any]:
    """The one window of all steps. A beginning that the first step has, all later ones have too."""
    windows = [selection.window() for selection in selections]
    first = windows[0]
    if all(window == first for window in windows):
        return first
    if list(first) in (["within"], ["after"]) and all(window in ({}, first) for window in windows):
        return first
    raise untranslatable(selections[0].at, "a sequence has one window for all its steps")
