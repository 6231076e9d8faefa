"""A criterion is narrowed to an input or a workspace that there is not.

`input:` and `workspace:` make a criterion, or the events of a calculated attribute, look at less; narrowed to a name
that milepost.yml does not have, it would look at nothing and hold for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.narrowings import narrowings
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for narrowed in narrowings(whole):
        if narrowed.to.name not in narrowed.known:
            yield unknown(narrowed.key, narrowed.to.name, narrowed.to.place, narrowed.known)


KNOWN_NARROWINGS = Rule(
    code="DEF-064",
    severity="error",
    teaching=__doc__,
    fix="name one of milepost.yml",
    check=_check,
    example={
        "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play, input: shop/wep}}\n"
    },
    fixed={"audiences/players.yml": "audience: players\ncriteria: {event: {name: Play, input: shop/web}}\n"},
)
