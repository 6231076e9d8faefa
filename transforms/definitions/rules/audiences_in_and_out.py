"""An audience is both asked for and taken away.

Who has to be in it and must not be in it is nobody. So it is for a milestone that asks for a path to its left,
whose members are taken away from it, or that excludes the milestone above it, whose members alone it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.kinds.audience import AudienceCriterion
from transforms.criteria.polarity import conjunctions
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.leaf import AudienceReference
    from transforms.criteria.polarity import Demand
    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience, criteria in whole.understood:
        for together in conjunctions(criteria):
            required, excluded = _references(together)
            yield from _between(required, excluded)
            yield from _in_journey(audience, required, excluded)


def _references(together: tuple[Demand, ...]) -> tuple[list[AudienceReference], list[AudienceReference]]:
    required: list[AudienceReference] = []
    excluded: list[AudienceReference] = []
    for demand in together:
        leaf = demand.criterion
        if isinstance(leaf, AudienceCriterion):
            (excluded if leaf.is_complement != demand.is_negated else required).append(leaf.reference)
    return required, excluded


def _between(required: list[AudienceReference], excluded: list[AudienceReference]) -> Iterator[Finding]:
    for out in excluded:
        for into in required:
            if into.audience == out.audience and out.variant in (None, into.variant):
                variant = "" if out.variant is None else f", variant {out.variant},"
                yield Finding(
                    f"`{out.audience}`{variant} is both asked for and taken away: nobody is in and out of it",
                    max(out.place, into.place),
                )
                break


def _in_journey(
    audience: Audience, required: list[AudienceReference], excluded: list[AudienceReference]
) -> Iterator[Finding]:
    for into in required:
        if into.audience in audience.earlier_siblings and into.variant is None:
            yield Finding(
                f"`{into.audience}` is a path to the left: its members are taken away from `{audience.milestone}`",
                into.place,
                hint="move this path before that one, or name another audience",
            )
    for out in excluded:
        if out.audience == audience.parent and out.variant is None:
            yield Finding(
                f"`{out.audience}` is the milestone above: `{audience.milestone}` has its members alone",
                out.place,
                hint="take the exclusion out, or move the milestone to another place of the journey",
            )


def _buyers(excluded: str) -> str:
    return (
        "audience: reminded\n"
        "criteria:\n"
        "  audience: {in: buyers}\n"
        f"  exclude: [{{audience: {{in: {excluded}}}}}]\n"
    )


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"
_LAPSED = "audience: lapsed\ncriteria: {last_active: {before: 2017-06-01}}\n"

AUDIENCES_IN_AND_OUT = Rule(
    code="DEF-093",
    severity="warning",
    teaching=__doc__,
    fix="take one of the two out",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/lapsed.yml": _LAPSED,
        "audiences/reminded.yml": _buyers("buyers"),
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/lapsed.yml": _LAPSED,
        "audiences/reminded.yml": _buyers("lapsed"),
    },
)
