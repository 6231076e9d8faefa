"""Two audiences were formerly the same one.

`formerly` hands one history, ledger and list at the partner over. It can go to one audience only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for audience in whole.audiences:
        earlier = audience.formerly
        if earlier is None or earlier in whole.by_id:
            continue
        if first.setdefault(earlier, audience.id) != audience.id:
            yield Finding(
                f"both `{first[earlier]}` and `{audience.id}` were formerly `{earlier}`", audience.place
            )


_BUYERS = "audience: buyers\nformerly: customers\ncriteria: {ecommerce: {action: purchase}}\n"
_PLAYERS = "criteria: {event: {name: Play}}\n"

FORMERLY_ONCE = Rule(
    code="DEF-076",
    severity="error",
    teaching=__doc__,
    fix="leave `formerly` in the one that carries the history on",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": f"audience: players\nformerly: customers\n{_PLAYERS}",
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": f"audience: players\n{_PLAYERS}",
    },
)
