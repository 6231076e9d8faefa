"""A criterion names an audience that there is not.

A result that silently was nobody would be worse than an error: a typing mistake in an exclusion would send a
message to everyone it should spare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import referenced_audiences
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for reference in referenced_audiences(audience.criteria) if audience.criteria else ():
            name = reference.audience
            if name not in whole.by_id and not whole.known.may_exist(name):
                yield unknown("audience", name, reference.place, whole.by_id)


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"

KNOWN_AUDIENCES = Rule(
    code="DEF-062",
    severity="error",
    teaching=__doc__,
    fix="name an audience or a milestone (`JOURNEY__MILESTONE`) of this project",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": (
            "audience: players\n"
            "criteria:\n"
            "  event: {name: Play, within: 7 days}\n"
            "  exclude: [{audience: {in: byers}}]\n"
        ),
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": (
            "audience: players\n"
            "criteria:\n"
            "  event: {name: Play, within: 7 days}\n"
            "  exclude: [{audience: {in: buyers}}]\n"
        ),
    },
)
