"""What is said of events: their tier, and how far back they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_events
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Criterion, Excluding, NoneOf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report

_EVALUATED = "personalize"


def event_tiers(whole: Whole, report: Report) -> None:
    """DEF-071 a criterion names an event that counts in none, since its tier is not `personalize` (spec §4.3)."""
    tiers = dict(whole.project.event_tiers)
    for audience in whole.audiences:
        for event in named_events(audience.criteria) if audience.criteria else ():
            tier = tiers.get(event.name, _EVALUATED)
            if tier != _EVALUATED:
                report.add(
                    "DEF-071",
                    f"the event `{event.name}` is of the tier `{tier}`: it is stored and counts in no criterion",
                    event.place,
                    hint="take it out of `event_tiers` in milepost.yml, or out of the criteria",
                )


def polarities(criterion: Criterion, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Every single criterion, and whether it takes users away as it stands: a negative one, or a positive one excluded."""
    match criterion:
        case AllOf() | AnyOf():
            for item in criterion.items:
                yield from polarities(item, negated)
        case NoneOf():
            for item in criterion.items:
                yield from polarities(item, not negated)
        case Excluding():
            yield from polarities(criterion.kept, negated)
            for item in criterion.removed:
                yield from polarities(item, not negated)
        case Leaf():
            yield criterion, criterion.is_negative != negated


def lookback(whole: Whole, report: Report) -> None:
    """DEF-072 and DEF-073 (warnings): what is older than the lookback is never seen (spec §4.3).

    A window that reaches past it finds less than it says; and "has not done" without a window means "not
    within the lookback", which a reader of the YAML does not see where the lookback is the project's default.
    """
    for audience in whole.audiences:
        if audience.lookback is None or audience.criteria is None:
            continue
        for leaf, is_negative in polarities(audience.criteria):
            if leaf.reaches_past(audience.lookback):
                report.add(
                    "DEF-072",
                    f"the window reaches past the lookback of {audience.lookback.text}: older events are not seen",
                    leaf.place,
                    hint=f"write `lookback:` in `{audience.id}`, or a shorter window",
                    severity="warning",
                )
            elif is_negative and leaf.relies_on_lookback and audience.id in whole.default_lookback:
                report.add(
                    "DEF-073",
                    f"`did not` means here: not in the last {audience.lookback.text}, the project's event_lookback",
                    leaf.place,
                    hint=f"write the window, or `lookback:` in `{audience.id}`, if that is meant",
                    severity="warning",
                )


def only_negatives(whole: Whole, report: Report) -> None:
    """DEF-074 (warning) an audience that only says who is not in: it holds everyone of whom nothing is known."""
    for audience in whole.audiences:
        if audience.criteria is None or audience.parent is not None:
            continue
        if all(is_negative for _, is_negative in polarities(audience.criteria)):
            report.add(
                "DEF-074",
                f"`{audience.id}` has nothing but negatives: it holds everyone of whom nothing is known",
                audience.criteria.place,
                hint="add what its members have or did, if not everyone else is meant",
                severity="warning",
            )
