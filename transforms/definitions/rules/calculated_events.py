"""What is said of the events that calculated attributes are calculated of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report

_EVALUATED = "personalize"


def attribute_tiers(whole: Whole, report: Report) -> None:
    """DEF-105 an attribute of events that count in none, since their tier is not `personalize` (spec §4.3)."""
    tiers = dict(whole.project.event_tiers)
    for attribute in whole.attributes:
        for event in attribute.calculation.selection.tiered_events:
            tier = tiers.get(event.name, _EVALUATED)
            if tier != _EVALUATED:
                report.add(
                    "DEF-105",
                    f"the event `{event.name}` is of the tier `{tier}`: "
                    "it is stored and counts in no calculated attribute",
                    event.place,
                    hint="take it out of `event_tiers` in milepost.yml, or choose other events",
                )


def attribute_narrowing(whole: Whole, report: Report) -> None:
    """DEF-106 unknown input or workspace below `of`, DEF-107 one that the attribute does not look at."""
    inputs = sorted(source.key for source in whole.project.inputs)
    for attribute in whole.attributes if inputs else ():
        selection = attribute.calculation.selection
        for what, named, own, every in (
            ("input", selection.inputs, attribute.inputs, inputs),
            ("workspace", selection.workspaces, attribute.workspaces, whole.project.workspaces),
        ):
            for item in named:
                if item.name not in every:
                    report.unknown("DEF-106", what, item.name[:80], item.place, every)
                elif item.name not in own:
                    report.add(
                        "DEF-107",
                        f"the {what} `{item.name}` is not one of `{attribute.id}`",
                        item.place,
                        allowed=own,
                        hint="add it to `inputs`, or leave it out here",
                    )
