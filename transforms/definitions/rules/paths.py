"""What a journey's tree must be: `remaining` comes last of at least two, and there is something to walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.logic import leaves

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def remaining_paths(whole: Whole, report: Report) -> None:
    """DEF-067 a `remaining` milestone that is not the last path, DEF-068 one without a sibling (spec §5)."""
    for audience in whole.audiences:
        if not audience.is_remaining:
            continue
        if not audience.siblings:
            report.add(
                "DEF-068",
                f"the remaining milestone `{audience.milestone}` has no other path beside it",
                audience.place,
                hint="it would be the same as its parent: add a path before it, or leave it out",
            )
        elif len(audience.earlier_siblings) < len(audience.siblings):
            report.add(
                "DEF-067",
                f"the remaining milestone `{audience.milestone}` must be the last path",
                audience.place,
                hint="it takes whom no other path takes: move it behind its siblings",
            )


def empty_journeys(whole: Whole, report: Report) -> None:
    """DEF-069 (warning) a journey without milestones: legal while it is being built or taken down."""
    for journey in whole.journeys:
        if not journey.milestones and not whole.known.may_exist(journey.id):
            report.add(
                "DEF-069", f"the journey `{journey.id}` has no milestones", journey.place, severity="warning"
            )


def after_parent(whole: Whole, report: Report) -> None:
    """DEF-070 (warning) child milestones that name events: nothing says that these came after the parent's.

    Milestones are nested sets (spec §5). Once a journey, since most journeys mean it so.
    """
    for journey in whole.journeys:
        of_events = [
            audience
            for audience in (whole.by_id.get(name) for name in journey.milestones)
            if audience is not None
            and audience.parent is not None
            and audience.criteria is not None
            and any(leaf.looks_back for leaf in leaves(audience.criteria))
        ]
        if of_events:
            names = ", ".join(f"`{audience.milestone}`" for audience in of_events)
            report.add(
                "DEF-070",
                f"events of {names} need not come after those of the milestone before",
                of_events[0].place,
                hint="milestones are nested sets: who did both, in whichever order, is in",
                severity="warning",
            )
