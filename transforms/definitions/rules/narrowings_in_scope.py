"""A criterion is narrowed to an input or a workspace that its audience does not look at.

The audience's own `inputs` and `workspaces` are applied first, and so are those of a calculated attribute: nothing
is left to look at, and nobody is found. Installs, upgrades, uninstalls and crashes are looked for in every input of
the workspaces, whichever are chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.records import Audience
from transforms.definitions.rules.narrowings import Narrowed, narrowings
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for narrowed in narrowings(whole):
        if narrowed.to.name in narrowed.known and narrowed.to.name not in narrowed.seen:
            yield Finding(_message(narrowed), narrowed.to.place, narrowed.seen, _hint(narrowed))


def _message(narrowed: Narrowed) -> str:
    if narrowed.to.sees_all_inputs and narrowed.key == "input":
        return f"the input `{narrowed.to.name}` is in no workspace of `{narrowed.owner.id}`"
    return f"the {narrowed.key} `{narrowed.to.name}` is not one of `{narrowed.owner.id}`"


def _hint(narrowed: Narrowed) -> str:
    if not isinstance(narrowed.owner, Audience):
        # It has no workspaces but those of its inputs.
        return "add it, or an input of it, to `inputs`, or leave it out here"
    if narrowed.to.sees_all_inputs and narrowed.key == "input":
        workspace = narrowed.to.name.partition("/")[0]
        return f"add `{workspace}` to `workspaces`, or leave it out here"
    return f"add it to `{narrowed.key}s`, or leave it out here"


NARROWINGS_IN_SCOPE = Rule(
    code="DEF-065",
    severity="error",
    teaching=__doc__,
    fix="add it to what the audience looks at, or leave it out of the criterion",
    check=_check,
    example={
        "audiences/players.yml": (
            "audience: players\ninputs: [shop/app]\ncriteria: {event: {name: Play, input: shop/web}}\n"
        )
    },
    fixed={
        "audiences/players.yml": (
            "audience: players\ninputs: [shop/app, shop/web]\n"
            "criteria: {event: {name: Play, input: shop/web}}\n"
        )
    },
)
